#include "sterlet/pruners/percentile.h"

#include <cmath>
#include <limits>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>

#include "sterlet/pruners/order_statistics.h"
#include "sterlet/pruners/progress.h"

namespace sterlet::pruners {

namespace {

class Percentile final : public Pruner {
 public:
  Percentile(const PercentileOptions& options, const StudyFacts& facts) : options_(options), facts_(facts) {}

  Decision report(const Report& report) override {
    const auto best = progress_.take(report);
    if (!best) return {};
    OrderStatistics& others = by_step_[report.step];
    Decision decision;
    if (is_decided_at(report.step) && others.size() >= static_cast<std::size_t>(options_.startup_trials)) {
      const double cut = others.percentile(options_.percentile);
      if (*best > cut || (std::isnan(*best) && !std::isnan(cut))) {
        decision.prune = true;
        decision.reason =
            fmt::format("at step {} its best of {} was worse than {}, the {} of {} at that step", report.step,
                        facts_.text(*best), facts_.text(cut), name_of_cut(), base::count_text(others.size(), "other"));
      }
    }
    others.insert(*best, report.trial);
    return decision;
  }

 private:
  bool is_decided_at(std::int64_t step) const {
    return step > options_.warmup_steps && (step - options_.warmup_steps - 1) % options_.interval == 0;
  }

  std::string name_of_cut() const {
    if (options_.percentile == 50) return "median";
    return fmt::format("best {}% mark", base::short_number_text(options_.percentile));
  }

  PercentileOptions options_;
  StudyFacts facts_;
  Progress progress_;
  std::unordered_map<std::int64_t, OrderStatistics> by_step_;  // Looked up only; its order is never seen.
};

}  // namespace

std::unique_ptr<Pruner> make_percentile(const PercentileOptions& options, const StudyFacts& facts) {
  return std::make_unique<Percentile>(options, facts);
}

}  // namespace sterlet::pruners
