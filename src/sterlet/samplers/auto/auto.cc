#include "sterlet/samplers/auto/auto.h"

#include <algorithm>
#include <map>

#include "sterlet/samplers/history_cursor.h"
#include "sterlet/samplers/prior/practice.h"
#include "sterlet/samplers/registry.h"

namespace sterlet::samplers {

namespace {

constexpr int kTwentieths = 20;
constexpr std::size_t kTimedTrials = 10;

bool can_vary(const space::Axis& axis) {
  const auto levels = axis.level_count();
  return levels ? *levels > 1 : axis.value(0) != axis.value(1);
}

Situation situation_of(const space::Space& space, const StudyFacts& facts) {
  Situation situation{.objectives = facts.objective_count, .trial_budget = facts.trial_budget};
  double categorical = 0, conditional = 0;
  for (std::size_t dimension = 0; dimension < space.dimensions().size(); ++dimension) {
    if (!can_vary(space.axis(dimension))) continue;
    const space::Parameter& parameter = space.parameters()[space.dimensions()[dimension].parameter];
    ++situation.dimensions;
    if (!space.axis(dimension).ordered()) ++categorical;
    if (!parameter.when.empty() || !parameter.repeat.empty()) ++conditional;
  }
  const double all = std::max<double>(1, static_cast<double>(situation.dimensions));
  situation.categorical_share = categorical / all;
  situation.conditional_share = conditional / all;
  return situation;
}

// Before the priors that people and older studies give, so that these have the first turn.
StudyFacts with_practice(const space::Space& space, const AutoOptions& options, StudyFacts facts) {
  const bool is_led = std::any_of(facts.priors.begin(), facts.priors.end(),
                                  [](const ActivePrior& prior) { return static_cast<bool>(prior.old); });
  if (facts.objective_count > 1 || options.practice <= 0 || is_led) return facts;
  if (auto practice = prior_of_practice(space, options.practice)) {
    facts.priors.insert(facts.priors.begin(), std::move(*practice));
  }
  return facts;
}

class Auto final : public Sampler {
 public:
  Auto(const Situation& fixed, std::vector<PolicyRow> rows,
       std::map<std::string_view, std::unique_ptr<Sampler>> samplers)
      : fixed_(fixed), rows_(std::move(rows)), samplers_(std::move(samplers)) {}

  Suggestion suggest(const space::History& history, const base::StreamKey& key) const override {
    count(history);
    Situation situation = fixed_;
    situation.finished = finished_;
    situation.pending = pending_;
    situation.trial_seconds = typical_seconds(history);
    const auto row =
        std::find_if(rows_.begin(), rows_.end(), [&](const PolicyRow& each) { return each.holds(situation); });
    STERLET_CHECK(row != rows_.end(), "the last row of the policy always holds");
    return samplers_.at(auto_pick(*row, key.trial))->suggest(history, key);
  }

 private:
  static bool is_finished(space::Outcome outcome) {
    return outcome != space::Outcome::kPending && outcome != space::Outcome::kVoid;
  }

  // Counts are sums over trials, so the order of the changes cannot matter.
  void count(const space::History& history) const {
    const HistoryCursor::Step step = cursor_.advance(history);
    if (step.restart) {
      outcomes_.clear();
      finished_ = pending_ = 0;
    }
    for (const std::uint32_t trial : step.changed) {
      if (trial >= outcomes_.size()) outcomes_.resize(trial + 1, space::Outcome::kVoid);
      const space::Outcome before = outcomes_[trial], now = history.trials()[trial].outcome;
      if (is_finished(before)) --finished_;
      if (before == space::Outcome::kPending) --pending_;
      if (is_finished(now)) ++finished_;
      if (now == space::Outcome::kPending) ++pending_;
      outcomes_[trial] = now;
    }
  }

  static double typical_seconds(const space::History& history) {
    std::vector<double> timed;
    for (std::size_t i = 0; i < std::min(history.size(), 2 * kTimedTrials) && timed.size() < kTimedTrials; ++i) {
      const space::Observation& trial = history.trials()[i];
      if (trial.outcome == space::Outcome::kComplete && trial.seconds > 0) timed.push_back(trial.seconds);
    }
    if (timed.empty()) return 0;
    std::sort(timed.begin(), timed.end());
    return timed[timed.size() / 2];
  }

  Situation fixed_;  // As the space and the setting have it; the rest is filled in for each question.
  std::vector<PolicyRow> rows_;
  std::map<std::string_view, std::unique_ptr<Sampler>> samplers_;  // By name; all that the policy names.
  // The memo.
  mutable HistoryCursor cursor_;
  mutable std::vector<space::Outcome> outcomes_;  // One a trial.
  mutable std::size_t finished_ = 0, pending_ = 0;
};

}  // namespace

std::string_view auto_pick(const PolicyRow& row, std::uint64_t number) {
  // 7 and 20 have no common divisor: 20 trials in a row meet each twentieth once, those of one sampler well apart.
  int place = static_cast<int>(number % kTwentieths) * 7 % kTwentieths;
  for (const PolicyRow::Share& share : row.shares) {
    if (place < share.twentieths) return share.sampler;
    place -= share.twentieths;
  }
  return row.shares.back().sampler;
}

base::Result<std::unique_ptr<Sampler>> make_auto(const space::Space& space, const AutoOptions& options,
                                                 const StudyFacts& given) {
  const StudyFacts facts = with_practice(space, options, given);
  std::vector<PolicyRow> rows;
  std::map<std::string_view, std::unique_ptr<Sampler>> samplers;
  for (const PolicyRow& row : auto_policy()) {
    if (facts.objective_count < row.objectives_low || facts.objective_count > row.objectives_high) continue;
    rows.push_back(row);
    for (const PolicyRow::Share& share : row.shares) {
      if (samplers.contains(share.sampler)) continue;
      STERLET_TRY(samplers[share.sampler], make(share.sampler, space, base::Json::object(), facts));
    }
  }
  return std::make_unique<Auto>(situation_of(space, facts), std::move(rows), std::move(samplers));
}

}  // namespace sterlet::samplers
