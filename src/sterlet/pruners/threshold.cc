#include "sterlet/pruners/threshold.h"

#include <cmath>

#include <fmt/format.h>

#include "sterlet/pruners/progress.h"

namespace sterlet::pruners {

namespace {

class Threshold final : public Pruner {
 public:
  Threshold(const ThresholdOptions& options, const StudyFacts& facts) : options_(options), facts_(facts) {}

  Decision report(const Report& report) override {
    if (!progress_.take(report) || report.step <= options_.warmup_steps) return {};
    const double value = facts_.shown(report.value);
    if (std::isnan(value)) return prune("at step {} it reported NaN", report.step);
    if (options_.lower && value < *options_.lower) {
      return prune("at step {} its value of {} was below the limit of {}", report.step, facts_.text(report.value),
                   base::short_number_text(*options_.lower));
    }
    if (options_.upper && value > *options_.upper) {
      return prune("at step {} its value of {} was above the limit of {}", report.step, facts_.text(report.value),
                   base::short_number_text(*options_.upper));
    }
    return {};
  }

 private:
  template <typename... Values>
  static Decision prune(fmt::format_string<Values...> text, Values&&... values) {
    return {.prune = true, .reason = fmt::format(text, std::forward<Values>(values)...)};
  }

  ThresholdOptions options_;
  StudyFacts facts_;
  Progress progress_;
};

}  // namespace

base::Result<std::unique_ptr<Pruner>> make_threshold(const ThresholdOptions& options, const StudyFacts& facts) {
  if (options.lower && options.upper && *options.lower > *options.upper) {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      fmt::format("pruner threshold: lower ({}) is above upper ({})", base::number_text(*options.lower),
                                  base::number_text(*options.upper)),
                      "exchange them");
  }
  return std::make_unique<Threshold>(options, facts);
}

}  // namespace sterlet::pruners
