#include "sterlet/pruners/asha.h"

#include <algorithm>

#include "sterlet/pruners/progress.h"
#include "sterlet/pruners/rungs.h"

namespace sterlet::pruners {

namespace {

class Asha final : public Pruner {
 public:
  explicit Asha(const AshaOptions& options)
      : options_(options), rungs_(options.eta, options.min_steps, options.promote), full_(options.max_steps) {}

  Decision report(const Report& report) override {
    const auto before = progress_.last_step(report.trial);
    if (!progress_.take(report)) return {};
    Decision decision = rungs_.take(report, before);
    // What has come to the end has nothing left to save.
    if (decision.pause && full_ > 0 && report.step >= full_) return {};
    return decision;
  }

  void finish(const Ending& ending) override {
    if (options_.max_steps > 0 || ending.outcome != space::Outcome::kComplete) return;
    full_ = std::max(full_, progress_.last_step(ending.trial).value_or(0));
  }

  std::optional<std::int64_t> promote(std::span<const std::int64_t> paused) const override {
    // One that paused at its last step, before that was known to be the last, only has to say so.
    for (const std::int64_t trial : paused) {
      if (full_ > 0 && progress_.last_step(trial).value_or(0) >= full_) return trial;
    }
    return rungs_.promote(paused, progress_);
  }

 private:
  AshaOptions options_;
  Progress progress_;
  Rungs rungs_;
  std::int64_t full_;
};

}  // namespace

std::unique_ptr<Pruner> make_asha(const AshaOptions& options) { return std::make_unique<Asha>(options); }

}  // namespace sterlet::pruners
