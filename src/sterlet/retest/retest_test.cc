#include "sterlet/retest/retest.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <set>

#include "sterlet/retest/advice.h"
#include "sterlet/retest/staleness.h"
#include "sterlet/storage/memory/memory.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::retest {
namespace {

using analysis::Verdict;
using base::Json;

struct FakeClock final : base::Clock {
  std::int64_t wall_ms() const override { return wall; }
  std::int64_t steady_ms() const override { return 0; }
  std::int64_t wall = 1'764'000'000'000;
};

constexpr const char* kStudy =
    "study: s\nobjective: {metric: acc, direction: maximize}\nseed: 3\n"
    "params: {x: {type: float, low: 0, high: 1}, y: {type: float, low: 0, high: 1}}\n";

// A study of 24 settings on a grid; its value is one less the squared distance to a place.
class RetestTest : public testing::Test {
 protected:
  RetestTest() : storage_(storage::make_memory_storage(clock_)) {
    study_ = open(kStudy);
    for (int i = 0; i < 24; ++i) add(0.2 * (i % 6), 0.3 * (i / 6));
  }

  std::unique_ptr<study::Study> open(const std::string& text) {
    auto study = study::Study::open(studyfile::parse_study_text(study::strategies(), text, "s.yaml", "/").value(),
                                    {.storage = storage_.get(), .clock = &clock_, .session = "a"});
    EXPECT_TRUE(study.has_value()) << study.error().message();
    return std::move(*study);
  }
  void add(double x, double y) {
    ASSERT_TRUE(study_->add({{"x", x}, {"y", y}}, {.values = {value_at(x, y, 0.4)}}).has_value());
  }
  static double value_at(double x, double y, double place) {
    return 1 - (x - place) * (x - place) - (y - place) * (y - place);
  }
  // Evaluates around another place, at another level; counts what it was asked for.
  Evaluate around(double place, double level = 0) {
    return [this, place, level](const Wanted& wanted) -> base::Result<std::optional<Evaluation>> {
      wanted_.push_back(wanted);
      const Json params = study_->view(wanted.trial).params;
      return std::optional(Evaluation{
          .value = level + value_at(params["x"].get<double>(), params["y"].get<double>(), place), .seconds = 10});
    };
  }
  base::Result<RetestResult> retest(const Evaluate& evaluate, const RetestOptions& options = {},
                                    const Json& now = {{"sterlet", "1"}}) {
    return run_retest(*study_, now, options, evaluate, [](const auto&, const auto&, const auto&) {});
  }
  std::size_t count(const char* kind) const {
    return study::load_documents(*storage_, study_->storage_id(), kind).value().size();
  }

  FakeClock clock_;
  std::unique_ptr<storage::Storage> storage_;
  std::unique_ptr<study::Study> study_;
  std::vector<Wanted> wanted_;
};

TEST_F(RetestTest, TheSameValuesHoldAndTheVerdictIsStored) {
  const RetestResult result = retest(around(0.4)).value();
  EXPECT_EQ(result.judgement.verdict, Verdict::kHolds);
  EXPECT_LE(result.evaluations, 8);
  EXPECT_EQ(result.trials.front().trial, study_->best().front());
  EXPECT_EQ(count(kEvaluationKind), static_cast<std::size_t>(result.evaluations));
  const auto verdict = study::last_document(*storage_, study_->storage_id(), study::kVerdictKind).value();
  ASSERT_TRUE(verdict.has_value());
  EXPECT_EQ(verdict->body["verdict"], "holds");
  EXPECT_EQ(verdict->body["best_then"], verdict->body["best_now"]);
  EXPECT_EQ(result.trials.front().then, study_->values_of(study_->best().front()).front()) << "to the last bit";
  EXPECT_EQ(study_->records().size(), 24U) << "no trial was added";
}

TEST_F(RetestTest, TheFirstEvaluationOfATrialHasItsOwnSeedAndRepeatsHaveOthers) {
  static_cast<void>(retest(around(0.4)).value());
  ASSERT_GT(wanted_.size(), 4U);
  EXPECT_EQ(wanted_[0].repeat, 0);
  std::set<std::uint64_t> seeds;
  for (const Wanted& wanted : wanted_) seeds.insert(wanted.seed);
  EXPECT_EQ(seeds.size(), wanted_.size());
  const auto again = std::find_if(wanted_.begin(), wanted_.end(), [](const Wanted& one) { return one.repeat > 0; });
  ASSERT_NE(again, wanted_.end());
  EXPECT_EQ(again->trial, wanted_[0].trial) << "the noise is measured at the old best first";
}

TEST_F(RetestTest, AnotherLevelHasDriftedInTheDirectionOfTheObjective) {
  const RetestResult result = retest(around(0.4, -0.5)).value();
  EXPECT_EQ(result.judgement.verdict, Verdict::kDrifted);
  EXPECT_NEAR(json_of(result, *study_)["moved"].get<double>(), -0.5, 1e-6);
}

TEST_F(RetestTest, AnotherPlaceIsRustedAndItSaysWhere) {
  const RetestResult result = retest(around(1.0)).value();
  EXPECT_EQ(result.judgement.verdict, Verdict::kRusted);
  EXPECT_NE(result.trials[result.judgement.best_now].trial, result.trials.front().trial);
  EXPECT_NE(result.advice.find("tune again"), std::string::npos);
}

TEST_F(RetestTest, AParameterAlongWhichTheOrderHasTurnedIsNamed) {
  RetestResult result;
  std::vector<analysis::OldSetting> settings;
  std::vector<std::size_t> places;
  for (int i = 0; i < 6; ++i) {
    const double x = 0.2 * i, y = i % 2 == 0 ? 0.3 : 0.7;
    settings.push_back({.value = x * x, .unit = {x, y}});
    places.push_back(static_cast<std::size_t>(i));
    result.trials.push_back({.trial = i, .then = -x * x, .now = {-(1 - x) * (1 - x)}});
  }
  EXPECT_EQ(find_gains(result, *study_, settings, places),
            std::vector<std::string>{"settings with a larger x do better than then"});
  for (Retested& one : result.trials) one.now = {one.then};
  EXPECT_TRUE(find_gains(result, *study_, settings, places).empty());
}

TEST_F(RetestTest, AnInterruptedOneGoesOnInTheSameContextAlone) {
  const auto stops = [&](std::size_t at) {
    return [this, at, go_on = around(0.4)](const Wanted& wanted) -> base::Result<std::optional<Evaluation>> {
      if (wanted_.size() == at) return std::nullopt;
      return go_on(wanted);
    };
  };
  const RetestResult cut = retest(stops(3)).value();
  EXPECT_TRUE(cut.is_interrupted);
  EXPECT_EQ(count(study::kVerdictKind), 0U);
  const RetestResult rest = retest(around(0.4)).value();
  EXPECT_EQ(rest.reused, 3);
  EXPECT_EQ(static_cast<std::size_t>(rest.evaluations), wanted_.size()) << "none twice";
  wanted_.clear();
  EXPECT_EQ(retest(around(0.4)).value().reused, 0) << "after a verdict all begins anew";
  wanted_.clear();
  static_cast<void>(retest(stops(2), {}, {{"sterlet", "2"}}).value());
  EXPECT_EQ(retest(around(0.4), {}, {{"sterlet", "3"}}).value().reused, 0) << "another context";
}

TEST_F(RetestTest, LimitsEndItWithWhatIsKnown) {
  const RetestResult few = retest(around(0.4), {.evaluations = 5}).value();
  EXPECT_EQ(wanted_.size(), 5U);
  EXPECT_EQ(few.ended, "its 5 evaluations are used up");
  wanted_.clear();
  const RetestResult brief = retest(around(0.4), {.seconds = 35}).value();
  EXPECT_EQ(wanted_.size(), 3U) << "10 s each";
  EXPECT_EQ(brief.judgement.verdict, Verdict::kUnsure);
  EXPECT_EQ(few.advice.find("--time"), std::string::npos) << few.advice;
  EXPECT_EQ(brief.advice, "give it more time, as in sterlet retest s --time 3m") << "15 of 10 s each";
}

TEST_F(RetestTest, TwoFailuresAtFirstAreNoVerdict) {
  const auto fails = [](const Wanted&) -> base::Result<std::optional<Evaluation>> {
    return std::optional(Evaluation{.value = {}, .seconds = 1, .reason = "no module named torch"});
  };
  const auto refused = retest(fails);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(
      refused.error().message(),
      "s: the first two evaluations failed, which says nothing about the settings (no module named torch); mend the "
      "program or its data, then run sterlet retest again");
  EXPECT_EQ(count(study::kVerdictKind), 0U);
  EXPECT_EQ(count(kEvaluationKind), 2U);
}

TEST_F(RetestTest, WhatCannotBeComparedIsRefused) {
  storage_ = storage::make_memory_storage(clock_);
  study_ = open("study: t\nobjective: [{metric: a}, {metric: b}]\nparams: {x: {type: float, low: 0, high: 1}}\n");
  EXPECT_NE(retest(around(0.4)).error().what.find("one objective (found 2)"), std::string::npos);
  study_ = open("study: u\nobjective: loss\nparams: {x: {type: float, low: 0, high: 1}}\n");
  EXPECT_NE(retest(around(0.4)).error().what.find("5 settings with a value (found 0)"), std::string::npos);
}

TEST_F(RetestTest, AVerdictThatHoldsConfirmsAndItsContextIsTheReference) {
  const Json old{{"sterlet", "1"}, {"env", {{"A", "1"}}}}, today{{"sterlet", "1"}, {"env", {{"A", "2"}}}};
  const auto id = study::share_document(study_->document_ledger(), study::kContextKind, old).value();
  ASSERT_TRUE(
      study::link_document(study_->document_ledger(), study::kContextKind, study_->best().front(), id).has_value());
  const auto look = [&] {
    return staleness_of(*study_, *storage_, today, clock_.wall + std::int64_t{40} * 86'400'000).value();
  };
  Staleness staleness = look();
  ASSERT_EQ(staleness.changed.size(), 1U);
  EXPECT_EQ(staleness.changed[0].text, "A: 1 -> 2");
  EXPECT_NEAR(staleness.age_days, 40, 1e-6);
  EXPECT_TRUE(staleness.stale.empty()) << "env is not in the policy, and 90 days are not over";
  clock_.wall += std::int64_t{10} * 86'400'000;
  EXPECT_EQ(retest(around(0.4), {}, today).value().judgement.verdict, Verdict::kHolds);
  staleness = look();
  EXPECT_TRUE(staleness.changed.empty());
  EXPECT_EQ(staleness.confirmed_by, "a retest");
  EXPECT_EQ(retest(around(1.0), {}, today).value().judgement.verdict, Verdict::kRusted);
  staleness = look();
  EXPECT_EQ(staleness.risk, 1);
  EXPECT_EQ(staleness.stale, std::vector<std::string>{"its last retest said rusted"});
}

}  // namespace
}  // namespace sterlet::retest
