#include "sterlet/plan/model.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <queue>

#include "sterlet/base/rng.h"
#include "sterlet/plan/draw.h"
#include "sterlet/plan/flips.h"

namespace sterlet::plan {

namespace {

constexpr int kDraws = 1000;
constexpr int kDrawsOfAFlip = 200;
constexpr std::int64_t kSimulatedTrialsMax = 200;  // More are counted by their mean time.

constexpr std::int64_t kUnpruned = 4;  // The first trials run to their end: there is nothing to compare them with.
// Trials that a sampler spreads over the space at first, and after which it knows where the best ones lie.
constexpr std::int64_t kGuessed = 3, kExplored = 10;
constexpr double kNearSpread = 0.15;  // Of ln(time) of trials around the best.
constexpr double kLate = 1.1;         // A result that is a tenth late counts.

constexpr double kModelWorth = 2;      // A trial that a model suggests is worth so many random ones ...
constexpr double kModelStart = 4;      // ... from here on.
constexpr double kPrunedWorth = 0.95;  // n stopped early tell as much as n to this power to their end.
constexpr double kStudySteps = 1.5;    // The autopilot may spend so many trainings, ...
constexpr double kLineShare = 0.62;    // ... of whose steps this is the line that is kept.
constexpr double kWindowReports = 10;  // One change is judged by so many reports.
constexpr double kTriesScale = 3;      // So many tries take the live regret down by e.

struct Outcome {
  double trials = 0, seconds = 0, value = std::numeric_limits<double>::infinity();
};

// How many times as long it takes with so many at once, where it took `slow_down` times as long beside at_once - 1.
double in_company(const Facts& facts, double slow_down, int slots) {
  const double more = facts.at_once > 1 ? (slow_down - 1) / (facts.at_once - 1) : 0;
  return std::max(0.5, 1 + more * (slots - 1));
}

double start_seconds(const Facts& facts, int slots) {
  return facts.start_seconds * in_company(facts, facts.start_slow_down, slots);
}

double trial_seconds(const Facts& facts, int slots) {
  return start_seconds(facts, slots) +
         static_cast<double>(facts.steps) * facts.step_seconds * in_company(facts, facts.slow_down, slots) +
         facts.tail_seconds;
}

struct Counted {
  double begun = 0, in_time = 0, seconds = 0;
};

// Trials one after another in each slot: which begin before the time is over, which end in it, and when the last ends.
Counted run_trials(const Facts& facts, const Draw& draw, int slots, double pruned_share) {
  const double limit = facts.budget.seconds.value_or(std::numeric_limits<double>::infinity());
  const double last = limit * kLate + facts.budget.grace.value_or(0);
  const std::int64_t trials = facts.budget.trials.value_or(std::numeric_limits<std::int64_t>::max());
  const double base_time = trial_seconds(facts, slots) * draw.time, time = base_time * draw.cost;
  // A trial that is stopped early has paid for its start.
  const double start_share = base_time > 0 ? start_seconds(facts, slots) * draw.time / base_time : 0;
  const double mean_share = pruned_share > 0 ? start_share + (1 - start_share) * pruned_share : 1;
  base::RandomStream stream({.seed = kPlanSeed, .trial = draw.number, .stream = kPlanStream, .attempt = 1});
  std::priority_queue<double, std::vector<double>, std::greater<>> free;
  for (int slot = 0; slot < slots; ++slot) free.push(0);
  Counted counted;
  for (std::int64_t trial = 0; trial < trials; ++trial) {
    const double start = free.top();
    if (start >= limit) return counted;
    // A sampler that learns comes back to the best that it has found: now and then at first, then most of the time.
    const double near_share = trial >= kExplored ? draw.near_share : trial >= kGuessed ? draw.near_share / 2 : 0;
    const bool is_near = facts.is_model_based && stream.uniform() < near_share;
    if (trial == kSimulatedTrialsMax) {
      const double near = facts.is_model_based ? draw.near_share : 0;
      const double typical = (1 - near) * time + near * base_time * draw.cost_of_best;
      const double rate = slots / (typical * mean_share);
      const auto left = std::min(static_cast<double>(trials - trial), std::max(0.0, (limit - start) * rate));
      counted.begun += left;
      counted.in_time += left;
      counted.seconds = start + left / rate + time * mean_share / 2;
      return counted;
    }
    free.pop();
    double seconds =
        trial == 0 ? base_time
        : is_near  ? base_time * draw.cost_of_best * std::exp(kNearSpread * stream.normal())
                   : time * std::exp(draw.cost_spread * stream.normal() - draw.cost_spread * draw.cost_spread / 2);
    // Some end at once, some go all the way: uniform over the shares that have this mean.
    if (pruned_share > 0 && trial >= kUnpruned) {
      const double half = std::min(pruned_share, 1 - pruned_share);
      seconds *= start_share + (1 - start_share) * (pruned_share - half + 2 * half * stream.uniform());
    }
    double end = start + seconds;
    if (facts.budget.grace) end = std::min(end, limit + *facts.budget.grace);
    free.push(end);
    counted.begun += 1;
    if (start + seconds <= last) counted.in_time += 1;
    counted.seconds = std::max(counted.seconds, end);
  }
  return counted;
}

Outcome search(const Facts& facts, const Draw& draw, int slots, double pruned_share) {
  const Counted counted = run_trials(facts, draw, slots, pruned_share);
  Outcome outcome{.trials = counted.begun, .seconds = counted.seconds};
  if (counted.in_time < 1) return outcome;
  double n = std::max(1.0, counted.in_time * (1 - facts.failures));
  if (pruned_share > 0) n = std::max(1.0, std::pow(n, kPrunedWorth));
  if (facts.is_model_based && n > kModelStart) n = kModelStart + kModelWorth * (n - kModelStart);
  // The best of n draws lies at this place of their distribution; the first trial is the defaults.
  const double place = 1 - std::pow(1 - draw.luck, 1 / n);
  const double regret = std::min(draw.gap * std::exp(kRegretSpread * quantile_of(place)), draw.default_regret);
  outcome.value = draw.floor + regret;
  return outcome;
}

// Steps that one model may take, all branches counted.
double affordable_steps(const Facts& facts, double seconds, double time) {
  const double most = kStudySteps * static_cast<double>(facts.steps);
  if (facts.step_seconds <= 0) return most;
  return std::clamp((seconds / time - facts.start_seconds) / facts.step_seconds, 0.0, most);
}

Outcome raise(const Facts& facts, const Draw& draw, double seconds) {
  const auto full = static_cast<double>(facts.steps);
  const double steps = affordable_steps(facts, seconds, draw.time);
  Outcome outcome{.trials = 0, .seconds = (facts.start_seconds + steps * facts.step_seconds) * draw.time};
  if (steps < facts.report_steps) return outcome;
  const double windows = steps / (kWindowReports * facts.report_steps);
  double line = std::min(full, steps);
  if (windows >= 3) {
    outcome.trials = std::floor((1 - kLineShare) * windows);
    line = std::min(full, kLineShare * steps);
  }
  const double lives = facts.live_share * std::exp(-outcome.trials * draw.hand / kTriesScale);
  const double regret = draw.default_regret * (1 - facts.live_share + lives);
  outcome.value = draw.floor + regret + draw.slope * std::log(std::max(line / full, 1e-6));
  return outcome;
}

Range range_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto at = [&](double p) {
    return values[static_cast<std::size_t>(p * static_cast<double>(values.size() - 1))];
  };
  return {at(0.1), at(0.5), at(0.9)};
}

struct Kind {
  Strategy strategy;
  std::string pruner;
  double pruned_share;
};

std::vector<Kind> kinds_of(const Facts& facts) {
  std::vector<Kind> kinds;
  // Where the study names its pruner, there is nothing to choose.
  if (facts.pruned_share == 0) kinds.push_back({Strategy::kParallel, "none", 0});
  if (facts.pruned_share > 0) kinds.push_back({Strategy::kParallel, facts.pruner, facts.pruned_share});
  if (facts.is_pruner_open && facts.pruned_share == 0 && facts.open_share > 0 && facts.open_share < 1) {
    kinds.push_back({Strategy::kParallel, "auto", facts.open_share});
  }
  if (facts.can_babysit) kinds.push_back({Strategy::kBabysit, "none", 0});
  return kinds;
}

// The time that one model may have: the budget's, else as long as the search takes.
double time_for_one(const Facts& facts, const Draw& draw, int slots) {
  if (facts.budget.seconds) return *facts.budget.seconds;
  return run_trials(facts, draw, slots, 0).seconds;
}

std::vector<Choice> simulate(const Facts& facts, int draws) {
  const std::vector<Kind> kinds = kinds_of(facts);
  const int slots = slots_for(facts);
  struct Seen {
    std::vector<double> trials, hours, values;
  };
  std::vector<Seen> seen(kinds.size());
  std::vector<double> wins(kinds.size());
  for (int i = 0; i < draws; ++i) {
    const Draw draw = draw_of(facts, static_cast<std::uint64_t>(i));
    std::size_t best = 0;
    for (std::size_t k = 0; k < kinds.size(); ++k) {
      const Outcome outcome = kinds[k].strategy == Strategy::kParallel
                                  ? search(facts, draw, slots, kinds[k].pruned_share)
                                  : raise(facts, draw, time_for_one(facts, draw, slots));
      seen[k].trials.push_back(outcome.trials);
      seen[k].hours.push_back(outcome.seconds / 3600);
      seen[k].values.push_back(outcome.value);
      if (outcome.value < seen[best].values.back()) best = k;
    }
    wins[best] += 1;
  }
  std::vector<Choice> choices;
  for (std::size_t k = 0; k < kinds.size(); ++k) {
    const auto empty =
        std::count_if(seen[k].values.begin(), seen[k].values.end(), [](double value) { return !std::isfinite(value); });
    Choice choice{.strategy = kinds[k].strategy,
                  .pruner = kinds[k].pruner,
                  .slots = kinds[k].strategy == Strategy::kParallel ? slots : 1,
                  .trials = range_of(std::move(seen[k].trials)),
                  .hours = range_of(std::move(seen[k].hours)),
                  .expected = range_of(std::move(seen[k].values)),
                  .wins = wins[k] / draws,
                  .empty = static_cast<double>(empty) / draws};
    if (choice.strategy == Strategy::kBabysit) {
      const Draw typical{};
      choice.steps = static_cast<std::int64_t>(affordable_steps(facts, time_for_one(facts, typical, slots), 1));
    }
    choices.push_back(std::move(choice));
  }
  return choices;
}

// The lowest median; where nothing comes to an end, less of that; then the one listed first.
std::size_t best_of(const std::vector<Choice>& choices) {
  std::size_t best = 0;
  for (std::size_t k = 1; k < choices.size(); ++k) {
    const Choice &one = choices[k], &other = choices[best];
    const bool is_less =
        one.expected[1] < other.expected[1] ||
        (!std::isfinite(one.expected[1]) && !std::isfinite(other.expected[1]) && one.empty < other.empty);
    if (is_less) best = k;
  }
  return best;
}

// Nothing where the budget pays for nothing at all.
std::optional<Strategy> strategy_for(const Facts& facts) {
  const std::vector<Choice> choices = simulate(facts, kDrawsOfAFlip);
  const Choice& best = choices[best_of(choices)];
  return std::isfinite(best.expected[1]) ? std::optional(best.strategy) : std::nullopt;
}

}  // namespace

std::string_view text_of(Strategy strategy) { return strategy == Strategy::kParallel ? "parallel" : "babysit"; }

int slots_for(const Facts& facts) {
  const studyfile::Resources& resources = facts.resources;
  const double cores = facts.machine.cores / resources.cpu.value_or(1);
  int slots = facts.workers.value_or(std::max(1, static_cast<int>(std::min(cores + 1e-9, 4096.0))));
  if (resources.gpu > 0) {
    slots = std::min(slots, static_cast<int>(facts.machine.gpus.size()) * resources.gpu_share / resources.gpu);
  }
  if (facts.workers) return std::max(1, slots);
  if (facts.memory_bytes > 0 && facts.machine.memory_bytes > 0) {
    const double room = 0.9 * static_cast<double>(facts.machine.memory_bytes) / static_cast<double>(facts.memory_bytes);
    slots = static_cast<int>(std::min(static_cast<double>(slots), std::floor(room)));
  }
  // Where each further trial slows the others down by as much as it does itself, one after another is as fast.
  const bool is_crowded = facts.at_once > 1 && facts.slow_down >= facts.at_once;
  return is_crowded ? 1 : std::max(1, slots);
}

Plan make_plan(const Facts& facts) {
  Plan plan{.choices = simulate(facts, kDraws)};
  plan.best = best_of(plan.choices);
  plan.flips = find_flips(facts, plan.chosen().strategy, strategy_for);
  return plan;
}

}  // namespace sterlet::plan
