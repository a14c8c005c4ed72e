#include "sterlet/pruners/patient.h"

#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "sterlet/pruners/progress.h"

namespace sterlet::pruners {

namespace {

class Patient final : public Pruner {
 public:
  Patient(const PatientOptions& options, std::unique_ptr<Pruner> wrapped, const StudyFacts& facts)
      : options_(options), wrapped_(std::move(wrapped)), facts_(facts) {}

  Decision report(const Report& report) override {
    // Asked always: it must see every report, whoever decides.
    Decision decision = wrapped_ ? wrapped_->report(report) : Decision{.prune = true, .reason = {}};
    if (!progress_.take(report)) return {};
    const auto index = static_cast<std::size_t>(report.trial);
    if (index >= trials_.size()) trials_.resize(index + 1);
    Trial& trial = trials_[index];
    const bool is_first = std::isnan(trial.best) && !std::isnan(report.value);
    if (is_first || report.value < trial.best - options_.min_delta) {
      trial = {.best = report.value, .best_step = report.step, .waited = 0};
      return {};
    }
    if (++trial.waited < options_.patience || !decision.prune) return {};
    const std::string standstill =
        std::isnan(trial.best)
            ? fmt::format("at step {} it had reported nothing but NaN {} times", report.step, trial.waited)
            : fmt::format("at step {} it had not improved on its {} of step {} for {}", report.step,
                          facts_.text(trial.best), trial.best_step,
                          base::count_text(static_cast<std::uint64_t>(trial.waited), "report"));
    decision.reason = decision.reason.empty() ? standstill : standstill + "; " + decision.reason;
    return decision;
  }

  void finish(const Ending& ending) override {
    if (wrapped_) wrapped_->finish(ending);
  }

  std::optional<Forecast> forecast(std::int64_t trial) const override {
    return wrapped_ ? wrapped_->forecast(trial) : std::nullopt;
  }

 private:
  struct Trial {
    double best = std::nan("");
    std::int64_t best_step = 0;
    std::int64_t waited = 0;
  };

  PatientOptions options_;
  std::unique_ptr<Pruner> wrapped_;
  StudyFacts facts_;
  Progress progress_;
  std::vector<Trial> trials_;
};

}  // namespace

std::unique_ptr<Pruner> make_patient(const PatientOptions& options, std::unique_ptr<Pruner> wrapped,
                                     const StudyFacts& facts) {
  return std::make_unique<Patient>(options, std::move(wrapped), facts);
}

}  // namespace sterlet::pruners
