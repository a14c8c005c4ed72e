#include "sterlet/pruners/hyperband.h"

#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "sterlet/base/rng.h"
#include "sterlet/pruners/progress.h"
#include "sterlet/pruners/rungs.h"

namespace sterlet::pruners {

namespace {

class Hyperband final : public Pruner {
 public:
  Hyperband(const HyperbandOptions& options, const StudyFacts& facts) : options_(options), facts_(facts) {
    if (options.max_steps > 0) make_brackets(options.max_steps);
  }

  Decision report(const Report& report) override {
    const auto before = progress_.last_step(report.trial);
    if (!progress_.take(report) || brackets_.empty()) return {};
    const std::size_t bracket = bracket_of(report.trial);
    Decision decision = brackets_[bracket].take(report, before);
    if (decision.prune && brackets_.size() > 1) {
      decision.reason += fmt::format(" (bracket {} of {})", bracket + 1, brackets_.size());
    }
    return decision;
  }

  void finish(const Ending& ending) override {
    const auto last = progress_.last_step(ending.trial);
    if (brackets_.empty() && ending.outcome == space::Outcome::kComplete && last) make_brackets(*last);
  }

 private:
  void make_brackets(std::int64_t max_steps) {
    const double ratio = static_cast<double>(max_steps) / static_cast<double>(options_.min_steps);
    int last = 0;  // The largest s with eta^s <= ratio; counted, since logarithms round.
    for (double power = options_.eta; power <= ratio; power *= options_.eta) ++last;
    for (int s = 0; s <= last; ++s) {
      const double first = static_cast<double>(options_.min_steps) * std::pow(options_.eta, s);
      brackets_.emplace_back(options_.eta, std::max<std::int64_t>(1, std::llround(first)));
      // Configurations that Hyperband starts in the bracket with so many halvings left.
      shares_.push_back(std::ceil((last + 1) * std::pow(options_.eta, last - s) / (last - s + 1)));
      share_sum_ += shares_.back();
    }
  }

  std::size_t bracket_of(std::int64_t trial) const {
    base::RandomStream stream(
        {.seed = facts_.seed, .trial = static_cast<std::uint64_t>(trial), .stream = base::Stream::kPruner});
    double left = stream.uniform() * share_sum_;
    for (std::size_t s = 0; s + 1 < shares_.size(); ++s) {
      left -= shares_[s];
      if (left < 0) return s;
    }
    return shares_.size() - 1;
  }

  HyperbandOptions options_;
  StudyFacts facts_;
  Progress progress_;
  std::vector<Rungs> brackets_;
  std::vector<double> shares_;
  double share_sum_ = 0;
};

}  // namespace

std::unique_ptr<Pruner> make_hyperband(const HyperbandOptions& options, const StudyFacts& facts) {
  return std::make_unique<Hyperband>(options, facts);
}

}  // namespace sterlet::pruners
