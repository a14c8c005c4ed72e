// What a study promises about pruning: decisions are stored with the report they were made on, and a study that is
// opened again, or shared by processes, decides as one that was never closed.

#include <cmath>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "sterlet/base/rng.h"
#include "sterlet/pruners/registry.h"
#include "sterlet/storage/open.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/study/study.h"

namespace sterlet::study {
namespace {

using storage::State;

class Pruning : public testing::Test {
 protected:
  Pruning() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sterlet-pruning-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~Pruning() override { std::filesystem::remove_all(folder_); }

  static studyfile::StudyFile file_of(const std::string& pruner) {
    auto file = studyfile::parse_study_text(
        strategies(),
        fmt::format("study: s\nobjective: {{metric: accuracy, direction: maximize}}\nsampler: random\nseed: 3\n"
                    "params: {{x: {{type: float, low: 0, high: 1}}}}\npruner: {}\n",
                    pruner),
        "study.yaml", "/tmp");
    EXPECT_TRUE(file.has_value());
    return std::move(*file);
  }

  std::unique_ptr<storage::Storage> storage(const std::string& name) {
    return storage::open_sqlite(folder_ + "/" + name, {}).value();
  }

  std::string folder_;
};

double accuracy(const space::Point& point, std::int64_t step) {
  // Curves that cross: what learns fast ends lower.
  const double x = point.values.front();
  return (0.5 + 0.5 * x) * (1 - std::exp(-0.6 * static_cast<double>(step) / (0.1 + x)));
}

// A simulated worker pool: four trials at once, one report a turn. Everything a user could see of the decisions.
struct Pool {
  std::map<std::int64_t, std::int64_t> steps;  // Running trial to its last step.
  std::vector<std::string> decisions;
};

void turn(Study& study, Pool& pool, std::uint64_t number) {
  base::RandomStream chance({.seed = 11, .trial = number});
  auto transaction = study.begin().value();
  if (pool.steps.size() < 4) {
    const auto claim = study.ask().value();
    ASSERT_TRUE(claim.has_value());
    pool.steps[claim->number] = 0;
  }
  auto running = pool.steps.begin();
  std::advance(running, static_cast<std::ptrdiff_t>(chance.below(pool.steps.size())));
  const std::int64_t trial = running->first;
  const std::int64_t step = running->second += 1;
  const auto& point = study.history().trials()[static_cast<std::size_t>(trial)].point;
  const auto decision = study.report(trial, 1, step, {{"accuracy", accuracy(point, step)}, {"loss", 1}}).value();
  if (number % 7 == 0) {  // Told again, another value: it counts for readers, not for pruners.
    ASSERT_TRUE(study.report(trial, 1, step, {{"accuracy", 0.99}}).has_value());
  }
  pool.decisions.push_back(fmt::format("{} {} {}", trial, step, decision.reason));
  if (decision.prune || step == 9) {
    const State state = decision.prune ? State::kPruned : State::kComplete;
    ASSERT_TRUE(study.tell(trial, 1, {.state = state}).has_value());
    pool.steps.erase(running);
  }
  ASSERT_TRUE(transaction.commit().has_value());
}

TEST_F(Pruning, ReopenedAtAnyMomentDecidesAsNeverClosed) {
  for (const pruners::Row& row : pruners::registry()) {
    SCOPED_TRACE(row.name);
    const studyfile::StudyFile file =
        file_of(row.name == "curve" ? "{name: curve, chance: 0.5, protect: 0}" : std::string(row.name));
    const auto in_memory = Study::open(file, {}).value();
    Pool expected;
    for (std::uint64_t i = 0; i < 150; ++i) turn(*in_memory, expected, i);
    const auto stored = storage(std::string(row.name) + ".db");
    Pool pool;
    std::unique_ptr<Study> study;
    for (std::uint64_t i = 0; i < 150; ++i) {
      if (i % 23 == 0) study = Study::open(file, {.storage = stored.get(), .session = "a"}).value();
      turn(*study, pool, i);
    }
    EXPECT_EQ(pool.decisions, expected.decisions);
    ASSERT_EQ(study->records().size(), in_memory->records().size());
    int pruned = 0;
    for (std::size_t i = 0; i < study->records().size(); ++i) {
      EXPECT_EQ(study->records()[i].state, in_memory->records()[i].state);
      EXPECT_EQ(study->records()[i].reason, in_memory->records()[i].reason);
      const space::Observation& reopened = study->history().trials()[i];
      const space::Observation& expected_trial = in_memory->history().trials()[i];
      EXPECT_EQ(reopened.predicted_final, expected_trial.predicted_final);
      EXPECT_EQ(reopened.predicted_sd, expected_trial.predicted_sd);
      const bool is_predicted = row.name == "curve" && reopened.outcome == space::Outcome::kPruned;
      EXPECT_EQ(reopened.predicted_sd > 0, is_predicted);
      pruned += study->records()[i].state == State::kPruned ? 1 : 0;
    }
    const bool prunes_rising_curves = row.name != "none" && row.name != "threshold" && row.name != "patient";
    EXPECT_EQ(pruned > 0, prunes_rising_curves);
  }
}

TEST_F(Pruning, TwoProcessesDecideOnOneOrderOfReports) {
  // Two studies on one file take turns; a third that only reads the file afterwards knows what both knew.
  const studyfile::StudyFile file = file_of("asha");
  const auto stored = storage("s.db");
  const auto stored_too = storage("s.db");
  const auto in_memory = Study::open(file, {}).value();
  Pool expected;
  for (std::uint64_t i = 0; i < 100; ++i) turn(*in_memory, expected, i);
  std::vector<std::unique_ptr<Study>> studies;
  studies.push_back(Study::open(file, {.storage = stored.get(), .session = "a"}).value());
  studies.push_back(Study::open(file, {.storage = stored_too.get(), .session = "a"}).value());
  Pool pool;
  for (std::uint64_t i = 0; i < 100; ++i) turn(*studies[i / 3 % 2], pool, i);
  EXPECT_EQ(pool.decisions, expected.decisions);
}

TEST_F(Pruning, ADecisionOutlivesTheProcessThatMadeIt) {
  const studyfile::StudyFile file = file_of("{name: threshold, lower: 0.5}");
  const auto stored = storage("s.db");
  {
    const auto study = Study::open(file, {.storage = stored.get(), .session = "a"}).value();
    ASSERT_TRUE(study->ask().value().has_value());
    EXPECT_FALSE(study->report(0, 1, 1, {{"accuracy", 0.6}}).value().prune);
    EXPECT_TRUE(study->report(0, 1, 2, {{"accuracy", 0.4}}).value().prune);
    EXPECT_EQ(study->report(0, 1, 3, {{"accuracy", 0.9}}).value().reason,
              "at step 2 its value of 0.4 was below the limit of 0.5");
  }
  const auto study = Study::open(file, {.storage = stored.get(), .session = "b"}).value();
  EXPECT_EQ(study->records()[0].state, State::kRunning);
  ASSERT_TRUE(study->sessions().collect_lost([](const auto&) { return false; }).has_value());
  EXPECT_EQ(study->records()[0].state, State::kPruned) << "not LOST: it would run again";
  EXPECT_EQ(study->records()[0].values, std::vector<double>{0.9});
  EXPECT_EQ(study->records()[0].reason, "at step 2 its value of 0.4 was below the limit of 0.5");
  EXPECT_EQ(study->ask().value()->number, 1);
}

TEST_F(Pruning, ALostTrialCountsOnceAtItsSteps) {
  const studyfile::StudyFile file = file_of("{name: asha, eta: 2}");
  const auto stored = storage("s.db");
  {
    const auto study = Study::open(file, {.storage = stored.get(), .session = "a"}).value();
    ASSERT_TRUE(study->ask().value().has_value());
    EXPECT_FALSE(study->report(0, 1, 1, {{"accuracy", 0.6}}).value().prune);
  }
  const auto study = Study::open(file, {.storage = stored.get(), .session = "b"}).value();
  ASSERT_TRUE(study->sessions().collect_lost([](const auto&) { return false; }).has_value());
  ASSERT_EQ(study->ask().value()->attempt, 2);
  EXPECT_FALSE(study->report(0, 2, 1, {{"accuracy", 0.6}}).value().prune);
  ASSERT_TRUE(study->ask().value().has_value());
  EXPECT_EQ(study->report(1, 1, 1, {{"accuracy", 0.5}}).value().reason,
            "at step 1 it stood 2nd of 2 at this rung; kept: 1");
}

TEST_F(Pruning, ToldCompleteInSpiteOfADecisionStaysComplete) {
  const auto study = Study::open(file_of("{name: threshold, lower: 0.5}"), {}).value();
  ASSERT_TRUE(study->ask().value().has_value());
  EXPECT_TRUE(study->report(0, 1, 1, {{"accuracy", 0.4}}).value().prune);
  ASSERT_TRUE(study->tell(0, 1, {.values = {0.8}}).has_value());
  EXPECT_EQ(study->records()[0].state, State::kComplete);
  EXPECT_EQ(study->records()[0].reason, "");
  EXPECT_EQ(study->best(), std::vector<std::int64_t>{0});
}

// Three trials of which the first is the best at step 1, the others paused there; nobody has a further step.
std::unique_ptr<Study> paused_study(storage::Storage& storage, const studyfile::StudyFile& file) {
  auto study = Study::open(file, {.storage = &storage, .session = "a"}).value();
  for (std::int64_t trial = 0; trial < 2; ++trial) {
    EXPECT_EQ(study->ask().value()->number, trial);
    EXPECT_TRUE(study->report(trial, 1, 1, {{"accuracy", 0.5 - 0.1 * static_cast<double>(trial)}}).value().pause);
    EXPECT_TRUE(study->checkpoint(trial, 1, fmt::format("/{}", trial)).has_value());
    EXPECT_TRUE(study->tell(trial, 1, {.state = State::kPruned}).has_value());
    EXPECT_EQ(study->records()[static_cast<std::size_t>(trial)].state, State::kPaused);
  }
  return study;
}

TEST_F(Pruning, SamplersLearnFromPausedTrialsAndPromotionTakesThemBack) {
  const studyfile::StudyFile file = file_of("{name: asha, eta: 2, promote: true}");
  const auto stored = storage("s.db");
  const auto study = paused_study(*stored, file);
  EXPECT_EQ(study->history().trials()[1].outcome, space::Outcome::kPruned);
  EXPECT_EQ(study->history().trials()[1].values, std::vector<double>{-0.4});
  const auto claim = study->ask().value();
  EXPECT_EQ(claim->number, 0);
  EXPECT_EQ(claim->checkpoint, "/0");
  EXPECT_EQ(study->history().trials()[0].outcome, space::Outcome::kPending);
}

TEST_F(Pruning, ATrialThatIsRaisedByHandIsNeitherPromotedNorRetriedNorSettled) {
  studyfile::StudyFile file = file_of("{name: asha, eta: 2, promote: true}");
  file.spec.budget.trials = 3;
  const auto stored = storage("s.db");
  const auto study = paused_study(*stored, file);
  ASSERT_TRUE(study->ask().value().has_value()) << "trial 0 is promoted";
  ASSERT_TRUE(study->tell(0, 2, {.state = State::kLost}).has_value());
  auto transaction = study->begin().value();
  for (const std::int64_t trial : {0, 1}) {
    ASSERT_TRUE(stored->live().put_model(study->storage_id(), {.trial = trial}).has_value());
  }
  ASSERT_TRUE(transaction.commit().has_value());
  ASSERT_EQ(study->ask().value()->number, 2);
  ASSERT_TRUE(study->tell(2, 1, {.values = {0.1}}).has_value());
  EXPECT_FALSE(study->ask().value().has_value());
  EXPECT_EQ(study->records()[0].state, State::kLost);
  EXPECT_EQ(study->records()[1].state, State::kPaused);
}

TEST_F(Pruning, WhatWasNotPromotedIsPrunedInTheEndAndComesBackWithALargerBudget) {
  studyfile::StudyFile file = file_of("{name: asha, eta: 2, promote: true}");
  file.spec.budget.trials = 2;
  const auto stored = storage("s.db");
  auto study = paused_study(*stored, file);
  ASSERT_EQ(study->ask().value()->number, 0);
  EXPECT_FALSE(study->ask().value().has_value());
  EXPECT_EQ(study->records()[1].state, State::kPaused) << "trial 0 runs and may decide about it";
  ASSERT_TRUE(study->report(0, 2, 2, {{"accuracy", 0.6}}).value().pause);
  ASSERT_TRUE(study->checkpoint(0, 2, "/0b").has_value());
  ASSERT_TRUE(study->tell(0, 2, {.state = State::kPruned}).has_value());
  const auto finalist = study->ask().value();
  ASSERT_TRUE(finalist.has_value()) << "none is complete yet: the one that came furthest goes on to its end";
  EXPECT_EQ(finalist->number, 0);
  EXPECT_EQ(finalist->checkpoint, "/0b");
  ASSERT_TRUE(study->tell(0, 3, {.state = State::kComplete}).has_value());
  EXPECT_EQ(study->records()[0].state, State::kComplete) << "its checkpoint was that of its end";
  EXPECT_EQ(study->records()[0].values, std::vector<double>{0.6});
  EXPECT_FALSE(study->ask().value().has_value());
  EXPECT_EQ(study->records()[1].state, State::kPruned);
  EXPECT_EQ(study->records()[1].suspension, storage::Suspension::kNotPromoted);
  EXPECT_TRUE(study->records()[1].reason.starts_with(
      "not promoted before the study ended (the budget of trials is used up): at "))
      << study->records()[1].reason;
  study = Study::open(file, {.storage = stored.get(), .session = "b"}).value();
  EXPECT_FALSE(study->ask().value().has_value());
  ASSERT_TRUE(study->set_budget({.trials = 4}).has_value());
  for (const std::int64_t trial : {2, 3}) {
    ASSERT_EQ(study->ask().value()->number, trial);
    ASSERT_TRUE(study->report(trial, 1, 1, {{"accuracy", 0.1}}).value().pause);
    ASSERT_TRUE(study->checkpoint(trial, 1, "/c").has_value());
    ASSERT_TRUE(study->tell(trial, 1, {.state = State::kPruned}).has_value());
  }
  const auto claim = study->ask().value();  // Two of four go on now: the second is trial 1.
  ASSERT_TRUE(claim.has_value());
  EXPECT_EQ(claim->number, 1);
  EXPECT_EQ(claim->attempt, 2);
  EXPECT_EQ(claim->checkpoint, "/1");
}

}  // namespace
}  // namespace sterlet::study
