// What every pruner promises, asked of every row of the registry.

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sterlet/base/rng.h"
#include "sterlet/pruners/registry.h"

namespace sterlet::pruners {
namespace {

using base::Json;

constexpr std::uint64_t kSeed = 17;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

template <typename Body>
void for_each_pruner(Body body) {
  for (const Row& row : registry()) {
    SCOPED_TRACE(fmt::format("pruner {}, seed {}", row.name, kSeed));
    auto pruner = make(row.name, Json::object(), {.seed = kSeed});
    ASSERT_TRUE(pruner) << pruner.error().message();
    body(row, **pruner);
  }
}

struct Told {
  bool is_ending = false;
  Report report;
  Ending ending;
};

// Trials of every kind, several at once: noisy falling curves, steps left out, repeated and told backwards, NaN,
// infinities, equal values; ends of every outcome.
std::vector<Told> sequence(int trials) {
  base::RandomStream chance({.seed = kSeed, .stream = base::Stream::kSpace});
  std::vector<Told> list;
  std::vector<std::pair<int, std::int64_t>> running;  // Trial and its last step.
  int next = 0;
  while (next < trials || !running.empty()) {
    if (next < trials && running.size() < 5) running.emplace_back(next++, 0);
    auto& [trial, step] = running[chance.below(running.size())];
    const std::uint64_t kind = chance.below(60);
    step += kind == 0 ? -2 : kind == 1 ? 0 : kind == 2 ? 3 : 1;
    const double level = 0.1 * (trial % 7);
    double value = level + 1.0 / static_cast<double>(std::max<std::int64_t>(1, step)) + 0.05 * chance.uniform();
    if (kind == 3) value = kNaN;
    if (kind == 4) value = chance.below(2) == 0 ? kInfinity : -kInfinity;
    if (kind == 5) value = 0.5;
    list.push_back({.is_ending = false, .report = {.trial = trial, .step = step, .value = value}, .ending = {}});
    if (step < 27 && kind != 6) continue;
    using enum space::Outcome;
    const space::Outcome outcome = kind != 6 ? kComplete : std::vector{kPruned, kFailed, kVoid}[chance.below(3)];
    list.push_back({.is_ending = true, .report = {}, .ending = {.trial = trial, .outcome = outcome, .value = value}});
    running.erase(std::find_if(running.begin(), running.end(), [&](const auto& r) { return &r.first == &trial; }));
  }
  return list;
}

std::vector<Decision> told(Pruner& pruner, const std::vector<Told>& sequence) {
  std::vector<Decision> decisions;
  for (const Told& one : sequence) {
    if (one.is_ending) {
      pruner.finish(one.ending);
    } else {
      decisions.push_back(pruner.report(one.report));
    }
  }
  return decisions;
}

TEST(Pruners, EqualSequencesGiveEqualDecisionsAndPrunedOnesHaveAReasonWithANumber) {
  const auto list = sequence(300);
  for_each_pruner([&](const Row& row, Pruner& pruner) {
    const auto decisions = told(pruner, list);
    const auto again = make(row.name, Json::object(), {.seed = kSeed});
    const auto repeated = told(**again, list);
    int pruned = 0;
    for (std::size_t i = 0; i < decisions.size(); ++i) {
      EXPECT_EQ(decisions[i].prune, repeated[i].prune) << i;
      EXPECT_EQ(decisions[i].reason, repeated[i].reason) << i;
      EXPECT_EQ(decisions[i].prune, !decisions[i].reason.empty()) << i;
      if (!decisions[i].prune) continue;
      ++pruned;
      EXPECT_NE(decisions[i].reason.find_first_of("0123456789"), std::string::npos) << decisions[i].reason;
    }
    if (row.name == "none") {
      EXPECT_EQ(pruned, 0);
    } else {
      EXPECT_GT(pruned, 0);
    }
  });
}

TEST(Pruners, ADecisionDependsOnNothingThatIsToldLater) {
  const auto list = sequence(60);
  for_each_pruner([&](const Row& row, Pruner& pruner) {
    const auto decisions = told(pruner, list);
    const auto half = make(row.name, Json::object(), {.seed = kSeed});
    const auto first = told(**half, {list.begin(), list.begin() + static_cast<std::ptrdiff_t>(list.size() / 2)});
    for (std::size_t i = 0; i < first.size(); ++i) EXPECT_EQ(first[i].reason, decisions[i].reason) << i;
  });
}

TEST(Pruners, ATrialAloneIsNeverPrunedWhileItImproves) {
  for_each_pruner([&](const Row&, Pruner& pruner) {
    for (int step = 1; step <= 200; ++step) {
      EXPECT_FALSE(pruner.report({.trial = 0, .step = step, .value = 1.0 / step}).prune) << step;
    }
  });
}

TEST(Pruners, EqualTrialsAreNotAllPruned) {
  for_each_pruner([&](const Row& row, Pruner& pruner) {
    if (row.name == "patient") return;  // On its own it ends what stands still, whatever the others do.
    int complete = 0;
    for (int trial = 0; trial < 40; ++trial) {
      bool pruned = false;
      for (int step = 1; step <= 30 && !pruned; ++step) {
        pruned = pruner.report({.trial = trial, .step = step, .value = 0.25}).prune;
      }
      using enum space::Outcome;
      pruner.finish({.trial = trial, .outcome = pruned ? kPruned : kComplete, .value = 0.25});
      complete += pruned ? 0 : 1;
    }
    EXPECT_GT(complete, 0);
  });
}

TEST(Pruners, TheBestOfAllIsNotPruned) {
  for_each_pruner([&](const Row&, Pruner& pruner) {
    told(pruner, sequence(50));
    // -Infinity was told there, so the best can only be as good.
    for (int step = 1; step <= 27; ++step) {
      const Decision decision = pruner.report({.trial = 50, .step = step, .value = -1e9 * step});
      EXPECT_FALSE(decision.prune) << decision.reason;
    }
  });
}

TEST(Pruners, StepsMayBeAnyNumbers) {
  for_each_pruner([&](const Row&, Pruner& pruner) {
    for (int trial = 0; trial < 20; ++trial) {
      for (const std::int64_t step : {INT64_MIN, INT64_C(-5), INT64_C(0), INT64_C(1) << 53, INT64_MAX}) {
        pruner.report({.trial = trial, .step = step, .value = 1.0 * trial});
      }
      pruner.finish({.trial = trial, .outcome = space::Outcome::kComplete, .value = 1.0 * trial});
    }
    EXPECT_FALSE(pruner.report({.trial = 20, .step = 1, .value = -1}).prune);
  });
}

TEST(Pruners, RefuseUnknownOptionsAndValuesOutOfRangeNamingBoth) {
  for (const Row& row : registry()) {
    const auto unknown = make(row.name, {{"no_such_option", 1}}, {});
    ASSERT_FALSE(unknown);
    EXPECT_NE(unknown.error().what.find("no_such_option"), std::string::npos);
    EXPECT_FALSE(unknown.error().next.empty());
    for (const base::Option& option : row.options) {
      EXPECT_FALSE(option.summary.empty());
      EXPECT_FALSE(make(row.name, {{option.name, Json::array()}}, {})) << row.name << " " << option.name;
      if (option.default_value.is_boolean()) continue;
      const bool is_text = option.default_value.is_string();
      const auto refused =
          make(row.name, {{option.name, is_text ? Json("no_such_pruner") : Json(option.high * 2)}}, {});
      ASSERT_FALSE(refused) << row.name << " " << option.name;
      const std::string& what = refused.error().what;
      EXPECT_NE(what.find(is_text ? "no_such_pruner" : option.name), std::string::npos) << what;
    }
  }
}

TEST(Pruners, RefuseSeveralObjectives) {
  for (const Row& row : registry()) {
    EXPECT_EQ(make(row.name, Json::object(), {.objective_count = 2}).has_value(), row.name == "none");
  }
}

}  // namespace
}  // namespace sterlet::pruners
