#include "sterlet/plan/model.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include <gtest/gtest.h>

namespace sterlet::plan {
namespace {

// A training of 100 steps of 0.99 s after a second's start, on a machine of `cores`, with results of about 0.2.
Facts facts_of(double budget_seconds, int cores) {
  Facts facts;
  facts.start_seconds = 1;
  facts.step_seconds = 0.99;
  facts.steps = 100;
  facts.at_once = cores;
  facts.slow_down = 1;
  facts.pilot_seconds = 10;
  facts.costs = {1, 1, 1, 1};
  facts.value = 0.2;
  facts.slope = -0.02;
  facts.live_share = 0.6;
  facts.machine = {.cores = static_cast<double>(cores), .memory_bytes = std::int64_t{8} << 30};
  facts.budget.seconds = budget_seconds;
  return facts;
}

const Choice& search_of(const Plan& plan) {
  return *std::find_if(plan.choices.begin(), plan.choices.end(),
                       [](const Choice& choice) { return choice.strategy == Strategy::kParallel; });
}

struct Case {
  const char* what;
  double trainings;  // That one slot makes in the budget.
  int cores;
  double live_share;
  Strategy expected;
};

TEST(Plan, ChoosesAsPracticeDoes) {
  constexpr auto kCaviar = Strategy::kParallel, kPanda = Strategy::kBabysit;
  const std::vector<Case> cases{
      {"half a training, one core", 0.5, 1, 0.6, kPanda},
      {"half a training, two cores", 0.5, 2, 0.6, kPanda},
      {"half a training, many cores", 0.5, 64, 0.6, kPanda},
      {"half a training, little of it live", 0.5, 8, 0.1, kPanda},
      {"a fifth of a training", 0.2, 4, 0.6, kPanda},
      {"a twentieth of a training", 0.05, 4, 0.9, kPanda},
      {"hardly one training, one core", 0.85, 1, 0.8, kPanda},
      {"hardly one training, four cores", 0.85, 4, 0.5, kPanda},
      {"one training and a half, one core, much live", 1.5, 1, 0.95, kPanda},
      {"two trainings, 8 cores", 2.1, 8, 0.5, kCaviar},
      {"two trainings, 64 cores", 2.1, 64, 0.8, kCaviar},
      {"two trainings, 16 cores, little live", 2.1, 16, 0.1, kCaviar},
      {"three trainings, 4 cores", 3.1, 4, 0.4, kCaviar},
      {"four trainings, 2 cores, little live", 4.1, 2, 0.2, kCaviar},
      {"four trainings, 4 cores", 4.1, 4, 0.5, kCaviar},
      {"six trainings, 2 cores", 6.1, 2, 0.4, kCaviar},
      {"ten trainings, 1 core", 10.1, 1, 0.4, kCaviar},
      {"ten trainings, 2 cores", 10.1, 2, 0.6, kCaviar},
      {"ten trainings, 8 cores", 10.1, 8, 0.9, kCaviar},
      {"ten trainings, nothing live", 10.1, 2, 0, kCaviar},
      {"20 trainings, 1 core", 20.1, 1, 0.6, kCaviar},
      {"20 trainings, 4 cores", 20.1, 4, 0.6, kCaviar},
      {"40 trainings, 1 core", 40.1, 1, 0.7, kCaviar},
      {"40 trainings, 2 cores", 40.1, 2, 0.7, kCaviar},
      {"100 trainings, 1 core", 100.1, 1, 0.5, kCaviar},
      {"100 trainings, 2 cores", 100.1, 2, 0.9, kCaviar},
      {"100 trainings, 64 cores", 100.1, 64, 0.9, kCaviar},
      {"1,000 trainings, 1 core", 1000.1, 1, 0.8, kCaviar},
      {"1,000 trainings, 8 cores", 1000.1, 8, 0.8, kCaviar},
      {"1,000 trainings, 64 cores", 1000.1, 64, 0.1, kCaviar},
  };
  ASSERT_EQ(cases.size(), 30u);
  for (const Case& each : cases) {
    Facts facts = facts_of(each.trainings * 100, each.cores);
    facts.live_share = each.live_share;
    facts.can_babysit = each.live_share > 0;
    EXPECT_EQ(make_plan(facts).chosen().strategy, each.expected) << each.what;
  }
}

TEST(Plan, CountsTheTrialsThatFit) {
  const Choice search = search_of(make_plan(facts_of(1000, 4)));
  EXPECT_EQ(search.slots, 4);
  EXPECT_NEAR(search.trials[1], 42, 3);  // 10 each, and those that begin before the end.
  EXPECT_LE(search.trials[0], search.trials[1]);
  EXPECT_LE(search.trials[1], search.trials[2]);
  EXPECT_GE(search.hours[0], 1000 / 3600.0 * 0.95);
}

TEST(Plan, OfABudgetOfTrialsPredictsTheTime) {
  Facts facts = facts_of(0, 2);
  facts.budget = {.trials = 50};
  facts.is_model_based = false;
  const Choice search = search_of(make_plan(facts));
  EXPECT_EQ(search.trials, (Range{50, 50, 50}));
  EXPECT_NEAR(search.hours[1], 25 * 100 / 3600.0, 0.08);
  facts.costs = {2, 2, 2, 2};  // The defaults, then, are the cheapest of five.
  EXPECT_NEAR(search_of(make_plan(facts)).hours[1], 25 * 180 / 3600.0, 0.2);
  facts.cost_mean = 2.2;  // A line through them counts for more.
  EXPECT_NEAR(search_of(make_plan(facts)).hours[1], 25 * 220 / 3600.0, 0.2);
  facts.cost_mean.reset();
  facts.pruned_share = 0.5;
  facts.pruner = "median";
  EXPECT_NEAR(search_of(make_plan(facts)).hours[1], 25 * 180 * 0.55 / 3600.0, 0.2);
}

TEST(Plan, CompanyThatSlowsDownTakesItsTime) {
  Facts facts = facts_of(0, 2);
  facts.budget = {.trials = 40};
  facts.slow_down = 1.5;
  EXPECT_NEAR(search_of(make_plan(facts)).hours[1], 20 * (1 + 99 * 1.5) / 3600, 0.06);
  facts.slow_down = 2.1;  // Two at once are slower than one after the other.
  EXPECT_EQ(slots_for(facts), 1);
}

TEST(Plan, SlotsAreWhatEachResourceHasRoomFor) {
  Facts facts = facts_of(100, 8);
  EXPECT_EQ(slots_for(facts), 8);
  facts.resources.cpu = 3;
  EXPECT_EQ(slots_for(facts), 2);
  facts.resources.cpu.reset();
  facts.memory_bytes = std::int64_t{2} << 30;  // Of 8 GiB, a tenth of which is left alone.
  EXPECT_EQ(slots_for(facts), 3);
  facts.memory_bytes = std::int64_t{9} << 30;
  EXPECT_EQ(slots_for(facts), 1);
  facts.workers = 5;
  EXPECT_EQ(slots_for(facts), 5);
  facts.resources.gpu = 1;
  facts.machine.gpus = {0, 1};
  EXPECT_EQ(slots_for(facts), 2);
  facts.resources.gpu_share = 2;
  EXPECT_EQ(slots_for(facts), 4);
}

TEST(Plan, NamesWhereTheChoiceFlips) {
  const Plan plan = make_plan(facts_of(80, 1));
  EXPECT_EQ(plan.chosen().strategy, Strategy::kBabysit);
  const auto more = std::find_if(plan.flips.begin(), plan.flips.end(),
                                 [](const Flip& flip) { return flip.when.starts_with("a budget of"); });
  ASSERT_NE(more, plan.flips.end());
  EXPECT_EQ(more->to, Strategy::kParallel);
}

std::optional<int> flip_at(const Facts& facts, const std::string& unit) {
  for (const Flip& flip : make_plan(facts).flips) {
    if (flip.when.find(unit) != std::string::npos) return std::stoi(flip.when);
  }
  return std::nullopt;
}

// Of GPUs, and of cores, that this machine need not have: exactly so many, one fewer does not do.
TEST(Plan, NamesHowManyGpusWouldFlipIt) {
  for (const double trainings : {1.2, 1.5, 1.8}) {
    Facts facts = facts_of(100 * trainings, 1);
    facts.live_share = 0.95;
    facts.resources.gpu = 1;
    facts.machine.gpus = {0};
    ASSERT_EQ(make_plan(facts).chosen().strategy, Strategy::kBabysit) << trainings;
    const auto count = flip_at(facts, " GPU");
    ASSERT_TRUE(count.has_value()) << trainings;
    EXPECT_GT(*count, 1);
    facts.machine.cores = 1000;
    facts.machine.gpus.resize(static_cast<std::size_t>(*count));
    EXPECT_EQ(make_plan(facts).chosen().strategy, Strategy::kParallel) << trainings;
    EXPECT_EQ(flip_at(facts, " GPU"), *count - 1) << trainings;
    facts.resources.gpu = 0;
    facts.machine = facts_of(1, 1).machine;
    EXPECT_EQ(flip_at(facts, " core"), count) << trainings;
  }
}

// Two trainings that share a core gain nothing by each other; on a machine of more cores each has its own.
TEST(Plan, CompanyCostsLessOnAMachineOfMore) {
  Facts facts = facts_of(150, 1);
  facts.live_share = 0.95;
  facts.at_once = 2;
  facts.slow_down = 2;
  facts.workers = 2;
  ASSERT_EQ(make_plan(facts).chosen().strategy, Strategy::kBabysit);
  EXPECT_TRUE(flip_at(facts, " core").has_value());
}

TEST(Plan, WithoutLiveParametersThereIsOneChoice) {
  Facts facts = facts_of(50, 2);
  facts.can_babysit = false;
  const Plan plan = make_plan(facts);
  EXPECT_EQ(plan.chosen().strategy, Strategy::kParallel);
  EXPECT_TRUE(plan.flips.empty());
  EXPECT_GT(plan.chosen().empty, 0.95);  // Next to nothing ends in time, which the words say.
}

TEST(Plan, IsPure) {
  const Facts facts = facts_of(500, 2);
  const Plan one = make_plan(facts), other = make_plan(facts);
  EXPECT_EQ(search_of(one).expected, search_of(other).expected);
  EXPECT_EQ(search_of(one).hours, search_of(other).hours);
}

TEST(Plan, NonsenseDoesNotCrash) {
  Facts facts;
  facts.budget.seconds = 1;
  facts.can_babysit = false;
  make_plan(facts);
  facts.budget = {.trials = 1000000000};
  facts.step_seconds = 1e-9;
  facts.value = 0;
  facts.gaps = {0, 0, 0};
  facts.machine.cores = 1e6;
  make_plan(facts);
  facts.value = -5;
  facts.slope = -1;
  facts.share = 1e-9;
  facts.can_babysit = true;
  make_plan(facts);
}

}  // namespace
}  // namespace sterlet::plan
