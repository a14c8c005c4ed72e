// The loop with programs that are scripts and a clock that moves only where the loop waits; the storage is a real file.
#include "sterlet/run/runner.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sterlet/base/process.h"
#include "sterlet/run/test_support.h"
#include "sterlet/storage/open.h"
#include "sterlet/study/sessions.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::run {
namespace {

using exec::AttemptId;
using storage::State;

struct Heard final : Observer {
  void said(const std::string& sentence) override { sentences.push_back(sentence); }
  void finished(std::int64_t trial) override { trials.push_back(trial); }
  std::vector<std::string> sentences;
  std::vector<std::int64_t> trials;
};

class RunStudy : public testing::Test {
 protected:
  RunStudy() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sterlet-run-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    storage_ = open_storage();
  }
  ~RunStudy() override {
    study_.reset();
    storage_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::unique_ptr<storage::Storage> open_storage() {
    auto storage = storage::open_sqlite(folder_ + "/s.db", {});
    EXPECT_TRUE(storage.has_value()) << storage.error().message();
    return std::move(*storage);
  }

  void open_study(const std::string& budget) {
    auto file =
        studyfile::parse_study_text(study::strategies(),
                                    "study: s\nobjective: loss\nseed: 3\nsampler: random\ncommand: [train]\nparams:\n"
                                    "  x: {type: float, low: 0, high: 1}\n" +
                                        budget,
                                    "s.yaml", "/");
    ASSERT_TRUE(file.has_value()) << file.error().front().message();
    auto study = study::Study::open(std::move(*file), {.storage = storage_.get(), .clock = &clock_, .session = "ours"});
    ASSERT_TRUE(study.has_value()) << study.error().message();
    study_ = std::move(*study);
  }

  RunResult run(int workers) {
    const base::ProcessIdentity self = base::this_process();
    const RunOptions options{.workers = workers,
                             .trials_folder = folder_ + "/trials",
                             .session = {.id = "ours",
                                         .host = self.host,
                                         .pid = self.pid,
                                         .pid_start = self.start,
                                         .started_ms = clock_.wall_ms(),
                                         .beat_ms = clock_.wall_ms()},
                             .lock_patience_ms = 0};
    auto result = run_study(*study_, executor_, clock_, heard_, options);
    EXPECT_TRUE(result.has_value()) << result.error().message();
    EXPECT_TRUE(study_->sessions().leave(options.session).has_value());
    return result ? *result : RunResult{};
  }

  // Every program reports once and ends.
  void report_and_exit() {
    for (const AttemptId& id : std::set(executor_.programs)) {
      executor_.report(id, 1, 0.5);
      executor_.exit(id);
    }
  }

  std::vector<State> states() const {
    std::vector<State> states;
    for (const storage::TrialRecord& record : study_->records()) states.push_back(record.state);
    return states;
  }

  std::string folder_;
  FakeClock clock_;
  FakeExecutor executor_{clock_};
  Heard heard_;
  std::unique_ptr<storage::Storage> storage_;
  std::unique_ptr<study::Study> study_;
};

TEST_F(RunStudy, RunsTheBudget) {
  open_study("budget: {trials: 5}\n");
  executor_.script = [&] { report_and_exit(); };
  EXPECT_EQ(run(2).pause, study::Pause::kTrials);
  EXPECT_EQ(states(), std::vector<State>(5, State::kComplete));
  EXPECT_EQ(heard_.trials.size(), 5U);
  EXPECT_TRUE(heard_.sentences.empty());
}

// Two trials that never end by themselves: when time and grace are over they are stopped, and a larger budget continues
// them.
TEST_F(RunStudy, AfterTheGraceRunningTrialsAreStoppedAndKeptForALargerBudget) {
  open_study("budget: {time: 60s, grace: 30s}\n");
  std::int64_t step = 0;
  executor_.script = [&] {
    clock_.now_ms += 100;
    ++step;
    for (const AttemptId& id : std::set(executor_.programs)) executor_.report(id, step, 0.5);
  };
  EXPECT_EQ(run(2).pause, study::Pause::kTime);
  EXPECT_EQ(states(), std::vector<State>(2, State::kLost));
  EXPECT_GE(clock_.now_ms, 90'000);
  EXPECT_LT(clock_.now_ms, 95'000);
  EXPECT_TRUE(
      study_->records()[0].reason.starts_with("the budget of time and its grace were over; loss was 0.5 at step "))
      << study_->records()[0].reason;
  EXPECT_TRUE(study_->records()[0].reason.ends_with(", and it left no checkpoint")) << study_->records()[0].reason;
  ASSERT_EQ(heard_.sentences.size(), 2U);
  EXPECT_EQ(heard_.sentences[0], "the budget of time (1m) is used up; running trials have 30s more");
  EXPECT_EQ(
      heard_.sentences[1],
      "the grace is over: 2 trials are stopped; with a larger budget they go on from the last checkpoint, else from "
      "the beginning");
}

TEST_F(RunStudy, WithoutAGraceRunningTrialsEndByThemselves) {
  open_study("budget: {time: 60s}\n");
  executor_.script = [&] {
    clock_.now_ms += 100;
    if (clock_.now_ms > 200'000) report_and_exit();
  };
  EXPECT_EQ(run(2).pause, study::Pause::kTime);
  EXPECT_EQ(states(), std::vector<State>(2, State::kComplete));
}

TEST_F(RunStudy, SaysWhatCameWhereTheMetricDidNot) {
  open_study("budget: {trials: 1}\n");
  executor_.script = [&] {
    for (const AttemptId& id : std::set(executor_.programs)) {
      executor_.tell(id, exec::Event::Report{.step = 1, .metrics = {{"val_loss", 0.5}}});
      executor_.exit(id, {.traces = {.has_spoken = true}});
    }
  };
  run(1);
  EXPECT_EQ(states(), std::vector<State>{State::kFailed});
  EXPECT_EQ(study_->records()[0].reason,
            "it ended without reporting loss: it reported val_loss; if val_loss is meant, write it in objective, or "
            "report it as loss");
}

TEST_F(RunStudy, SaysOnceHowOutputIsReadAndWhatNoProgramRead) {
  open_study("budget: {trials: 3}\n");
  executor_.script = [&] {
    for (const AttemptId& id : std::set(executor_.programs)) {
      executor_.tell(id, exec::Event::Noted{.topic = "comma", .sentence = "'0,5' on its stdout is read as 0.5"});
      executor_.tell(id, exec::Event::Read{.params = {"y"}});
    }
    report_and_exit();
  };
  run(1);
  ASSERT_EQ(heard_.sentences.size(), 2U);
  EXPECT_EQ(heard_.sentences[0].substr(0, 51), "trial 0: its program never asked its client for x, ");
  EXPECT_EQ(heard_.sentences[1], "trial 0: '0,5' on its stdout is read as 0.5");
}

// Nothing happens for a long time, and the file is gone: that is noticed within a second.
TEST_F(RunStudy, NoticesAStorageThatIsGoneThoughNothingHappens) {
  open_study("budget: {trials: 1}\n");
  std::int64_t gone_ms = -1;
  executor_.script = [&] {
    if (clock_.now_ms < 20'000 || gone_ms >= 0) return;
    gone_ms = clock_.now_ms;
    std::filesystem::remove(folder_ + "/s.db");
  };
  const RunOptions options{.workers = 1, .trials_folder = folder_ + "/trials", .session = {.id = "ours"}};
  const auto result = run_study(*study_, executor_, clock_, heard_, options);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, base::ErrorCode::kDisk);
  EXPECT_NE(result.error().message().find("deleted, moved or replaced"), std::string::npos);
  EXPECT_LE(clock_.now_ms - gone_ms, 1000);
}

// Another program locks the storage for 30 s in the middle of two trials that report all the while: both run on, every
// report is stored, and a person is told once.
TEST_F(RunStudy, WaitsForAStorageThatIsLockedAndLosesNothing) {
  open_study("budget: {trials: 2}\n");
  const auto other = open_storage();
  constexpr std::int64_t kLockedMs = 1000, kFreeMs = 31000, kEndMs = 40000;
  std::int64_t steps = 0;
  bool is_locked = false;
  executor_.script = [&] {
    if (!is_locked && clock_.now_ms >= kLockedMs && clock_.now_ms < kFreeMs) is_locked = other->begin().has_value();
    if (is_locked && clock_.now_ms >= kFreeMs) {
      other->rollback();
      is_locked = false;
    }
    clock_.now_ms += 100;
    ++steps;
    for (const AttemptId& id : std::set(executor_.programs)) {
      executor_.report(id, steps, 1.0 / static_cast<double>(steps));
      if (clock_.now_ms >= kEndMs) executor_.exit(id);
    }
  };
  run(2);
  EXPECT_EQ(states(), std::vector<State>(2, State::kComplete));
  EXPECT_TRUE(executor_.ended.empty());
  for (const std::int64_t trial : {0, 1}) {
    EXPECT_EQ(storage_->load_reports(study_->storage_id(), trial, 1).value().size(), static_cast<std::size_t>(steps));
    EXPECT_EQ(study_->records()[static_cast<std::size_t>(trial)].last_step, steps);
  }
  ASSERT_EQ(heard_.sentences.size(), 1U);
  EXPECT_NE(heard_.sentences.front().find("another program holds it locked; the trials run on"), std::string::npos);
}

// Another process takes trial 0 while this one runs 0 and 1: attempt 1 of trial 0 alone is ended here.
TEST_F(RunStudy, EndsOnlyTheTrialThatAnotherProcessTook) {
  open_study("budget: {trials: 2}\n");
  const auto other = open_storage();
  std::int64_t step = 0;
  executor_.script = [&] {
    if (++step == 3) {
      auto robber = study::Study::open_existing("s", {.storage = other.get(), .clock = &clock_, .session = "theirs"});
      ASSERT_TRUE(robber.has_value());
      ASSERT_TRUE((*robber)->by_hand().take_over(0).has_value());
    }
    for (const AttemptId& id : std::set(executor_.programs)) {
      executor_.report(id, step, 0.5, static_cast<std::uint64_t>(10 * step + id.trial));
      if (step == 6) executor_.exit(id);
    }
  };
  run(2);
  EXPECT_EQ(states(), (std::vector<State>{State::kRunning, State::kComplete}));
  EXPECT_EQ(study_->session_of(0), "theirs");
  ASSERT_EQ(executor_.ended.size(), 1U);
  EXPECT_EQ(executor_.ended.begin()->first, (AttemptId{.trial = 0, .attempt = 1}));
  EXPECT_TRUE(executor_.acks.at(30));  // Its program is answered, and told to end.
  EXPECT_FALSE(executor_.acks.at(31));
  EXPECT_EQ(heard_.trials, std::vector<std::int64_t>{1});
  ASSERT_EQ(heard_.sentences.size(), 1U);
  EXPECT_EQ(heard_.sentences.front(),
            "trial 0: another process has taken it, as this one seemed dead to it; it is ended here");
}

// A tuner that was killed between two trials, its guardian with it, has left a folder of sockets, and holds no trial.
TEST_F(RunStudy, CleansUpOnceAfterASessionThatDiedWithoutATrial) {
  open_study("budget: {trials: 1}\n");
  const auto other = open_storage();
  auto dead = study::Study::open_existing("s", {.storage = other.get(), .clock = &clock_, .session = "dead"}).value();
  ASSERT_TRUE(
      dead->sessions().beat({.id = "dead", .host = base::this_process().host, .pid = 1, .pid_start = "1"}).has_value());
  const double used = study_->seconds_used();
  executor_.script = [&] { report_and_exit(); };
  run(1);
  EXPECT_EQ(executor_.cleaned, std::vector<std::string>{"dead"});
  const auto sessions = storage_->load_sessions(study_->storage_id()).value();
  for (const storage::SessionRecord& session : sessions) EXPECT_TRUE(session.ended) << session.id;
  EXPECT_GE(study_->seconds_used(), used);
  ASSERT_TRUE(study_->set_budget({.trials = 2}).has_value());
  run(1);
  EXPECT_EQ(executor_.cleaned.size(), 1U) << "not a second time";
}

// Trial 0 is run in another container. Whether that still lives cannot be seen from here, only whether its beat grows.
class BesideAnotherContainer : public RunStudy {
 protected:
  BesideAnotherContainer() {
    open_study("budget: {trials: 3}\n");
    other_ = open_storage();
    auto there = study::Study::open_existing("s", {.storage = other_.get(), .clock = &clock_, .session = "theirs"});
    EXPECT_TRUE(there.has_value());
    there_ = std::move(*there);
    beat();
    EXPECT_EQ(there_->ask().value()->number, 0);
  }
  void beat(bool is_last = false) {
    const std::string host = base::this_process().host;  // With our host name and boot.
    const storage::SessionRecord session{
        .id = "theirs", .host = host.substr(0, host.rfind('/')) + "/1", .pid = 1, .pid_start = "1", .ended = is_last};
    EXPECT_TRUE(there_->sessions().beat(session).has_value());
  }
  std::unique_ptr<storage::Storage> other_;
  std::unique_ptr<study::Study> there_;
};

TEST_F(BesideAnotherContainer, ALiveOneKeepsItsTrialAndIsNotWaitedForLong) {
  executor_.script = [&] {
    beat();
    report_and_exit();
  };
  EXPECT_EQ(run(1).pause, study::Pause::kTrials);
  EXPECT_EQ(states(), (std::vector<State>{State::kRunning, State::kComplete, State::kComplete}));
  EXPECT_LT(clock_.now_ms, 15000);
}

TEST_F(BesideAnotherContainer, ADeadOnesTrialIsRunAgainAfterTheGrace) {
  executor_.script = [&] { report_and_exit(); };
  run(1);
  EXPECT_EQ(states(), std::vector<State>(3, State::kComplete));
  EXPECT_EQ(study_->records()[0].attempt, 2);
  EXPECT_GE(clock_.now_ms, study::SessionWatch::kGraceMs);
  EXPECT_EQ(executor_.cleaned, std::vector<std::string>{"theirs"});
  ASSERT_EQ(heard_.sentences.size(), 1U);
  EXPECT_EQ(heard_.sentences.front(),
            "other trials are run by a process that cannot be seen from here (another container, machine or user); "
            "waiting up to 60 s for a sign of life, without which they are run again here");
}

TEST_F(BesideAnotherContainer, AReaderHearsWhichTrialsHaveNoTunerAnyMore) {
  study::SessionWatch watch(clock_);
  ASSERT_TRUE(study_->refresh().has_value());
  EXPECT_TRUE(study::abandoned_trials(*study_, *storage_, watch).value().empty());
  beat(true);
  EXPECT_EQ(study::abandoned_trials(*study_, *storage_, watch).value(), std::set<std::int64_t>{0});
}

// No more than three programs can be started at once: all trials are run, by fewer workers.
TEST_F(RunStudy, GoesOnWithFewerWorkersWhereALaunchFails) {
  open_study("budget: {trials: 12}\nretries: 3\n");
  std::size_t most = 0;
  executor_.refuse = [&](const exec::Launch&) { return executor_.programs.size() >= 3; };
  int waits = 0;
  executor_.script = [&] {
    most = std::max(most, executor_.programs.size());
    if (++waits % 3 == 0) report_and_exit();
  };
  run(8);
  EXPECT_EQ(states(), std::vector<State>(12, State::kComplete));
  EXPECT_EQ(most, 3U);
  EXPECT_FALSE(heard_.sentences.empty());
  EXPECT_NE(heard_.sentences.back().find("cannot make a pipe (Too many open files); from now on at most"),
            std::string::npos)
      << heard_.sentences.back();
}

TEST_F(RunStudy, EndsWhereATrialCannotBeStartedThoughNothingElseRuns) {
  open_study("budget: {trials: 3}\nfailures_max: 10\n");
  executor_.refuse = [](const exec::Launch& launch) { return launch.id.trial == 1; };
  executor_.script = [&] { report_and_exit(); };
  run(1);
  EXPECT_EQ(states(), (std::vector<State>{State::kComplete, State::kFailed}));
  EXPECT_EQ(study_->records()[1].attempt, 3);
  EXPECT_EQ(study_->pause(), study::Pause::kUnstarted);
  EXPECT_EQ(study_->records()[1].reason, "it could not be started: cannot make a pipe (Too many open files)");
}

}  // namespace
}  // namespace sterlet::run
