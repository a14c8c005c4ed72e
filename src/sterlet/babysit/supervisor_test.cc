// What the loop makes of a program's answers, and of their absence: a program, a clock and signals that the test plays.

#include "sterlet/babysit/supervisor.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>

#include <gtest/gtest.h>

#include "sterlet/babysit/record/change.h"
#include "sterlet/base/process.h"
#include "sterlet/run/trial_folder.h"
#include "sterlet/storage/open.h"
#include "sterlet/study/sessions.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::babysit {
namespace {

using base::Json;
using exec::Event;
using storage::CommandState;
using storage::State;

class PlayedClock final : public base::Clock {
 public:
  std::int64_t wall_ms() const override { return 1'700'000'000'000 + now_ms; }
  std::int64_t steady_ms() const override { return now_ms; }
  std::int64_t now_ms = 0;
};

/// Each call of wait() is a scene: what the program does then. After the last one it only ends when it is told to.
class PlayedExecutor final : public exec::Executor {
 public:
  using Scene = std::function<std::vector<Event>()>;
  explicit PlayedExecutor(PlayedClock& clock) : clock_(clock) {}

  std::optional<std::size_t> capacity() const override { return std::nullopt; }
  std::size_t running() const override { return is_running_ ? 1 : 0; }
  base::Result<void> launch(const exec::Launch& launch) override {
    launches.push_back(launch);
    is_running_ = true;
    return {};
  }
  std::vector<Event> wait(std::optional<std::int64_t> /*timeout_ms*/, std::span<const int> also) override {
    std::vector<Event> events;
    if (!scenes.empty() && (is_running_ || plays_at_rest)) {
      clock_.now_ms += 500;
      const Scene scene = std::move(scenes.front());
      scenes.pop_front();
      events = scene();
    } else if (is_running_ && is_told_) {
      events = {exited(exec::Cause::kFinished)};
    } else {  // Until a checkpoint is read, say.
      ++clock_.now_ms;
      std::vector<pollfd> fds;
      for (const int fd : also) fds.push_back({.fd = fd, .events = POLLIN, .revents = 0});
      ::poll(fds.data(), fds.size(), 100);
    }
    for (Event& event : events) {
      event.id = launches.back().id;
      if (std::holds_alternative<Event::Exited>(event.what)) is_running_ = is_told_ = false;
    }
    return events;
  }
  bool acknowledge(std::uint64_t ack, bool /*prune*/) override {
    acks.push_back(ack);
    return true;
  }
  bool send(const exec::AttemptId& /*id*/, const Json& message) override {
    sent.push_back(message);
    is_told_ = is_told_ || message.contains("stop");
    return true;
  }
  bool send_all(const exec::AttemptId& id, std::span<const Json> messages) override {
    batches.push_back(messages.size());
    return Executor::send_all(id, messages);
  }
  void end(const exec::AttemptId& /*id*/, const std::string& /*reason*/) override { ++ends; }
  void kill(const exec::AttemptId& /*id*/, const std::string& /*reason*/) override { ++kills; }
  void hold(const exec::AttemptId& /*id*/, bool /*held*/) override {}
  void end_leftovers(const std::string& /*session*/) override {}

  static Event exited(exec::Cause cause) { return {.id = {}, .what = Event::Exited{.cause = cause}}; }

  std::deque<Scene> scenes;
  std::vector<exec::Launch> launches;
  std::vector<Json> sent;
  std::vector<std::size_t> batches;  // How many of them were sent at once.
  std::vector<std::uint64_t> acks;
  int ends = 0, kills = 0;
  bool plays_at_rest = true;  // Also before the program is started.

 private:
  PlayedClock& clock_;
  bool is_running_ = false, is_told_ = false;
};

class Supervised : public testing::Test {
 protected:
  Supervised() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sterlet-supervised-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    storage_ = storage::open_sqlite(folder_ + "/s.db", {}).value();
    auto file = studyfile::parse_study_text(
        study::strategies(),
        "study: m\nobjective: loss\ncommand: [program]\nstrategy: panda\nseed: 7\n"
        "params: {rate: {type: float, low: 0.001, high: 1, scale: log, default: 0.1, live: true}}\n",
        "study.yaml", folder_);
    study_ =
        study::Study::open(std::move(*file), {.storage = storage_.get(), .clock = &clock_, .session = "here"}).value();
    options_.trials_folder = folder_ + "/trials";
    options_.session.id = "here";
    options_.checkpoint_seconds = 1e9;
    EXPECT_EQ(pipe2(signals_, O_NONBLOCK), 0);
    options_.signal_fd = signals_[0];
    std::filesystem::create_directories(run::checkpoints_folder(options_.trials_folder, 0));
  }
  ~Supervised() override {
    for (const int fd : signals_) close(fd);
    study_.reset();
    std::filesystem::remove_all(folder_);
  }

  /// Plays the scenes.
  Ending play(const std::vector<PlayedExecutor::Scene>& scenes) {
    executor_.scenes.assign(scenes.begin(), scenes.end());
    Observer observer;
    Start start{.fresh = executor_.launches.empty(), .params = {{"rate", 0.1}}};
    return supervise(*study_, *storage_, executor_, clock_, observer, start, options_).value();
  }

  void signal(int number) {
    signalfd_siginfo info{};
    info.ssi_signo = static_cast<std::uint32_t>(number);
    EXPECT_EQ(write(signals_[1], &info, sizeof(info)), static_cast<ssize_t>(sizeof(info)));
  }
  std::int64_t post(const std::string& kind, const Json& body) {
    return storage_->live()
        .post_command(study_->storage_id(), {.trial = 0, .kind = kind, .body = base::json_line(body), .who = "me"})
        .value();
  }
  std::int64_t post_set(double rate) {
    return post("set", {{"changes", json_from_changes({{.name = "rate", .value = rate}})}});
  }
  Event hello() const { return {.id = {}, .what = Event::Hello{.live = true, .restores = true, .loop = true}}; }
  Event report(std::int64_t step, std::optional<std::uint64_t> ack = {}) const {
    return {.id = {},
            .what = Event::Report{.step = step, .metrics = {{"loss", 1.0 / static_cast<double>(step)}}, .ack = ack}};
  }
  Event applied(std::int64_t step, double rate) const {
    return {.id = {}, .what = Event::Applied{.step = step, .set = {{"rate", rate}}}};
  }
  Event checkpoint(std::int64_t step) const {
    const std::string path = checkpoint_path(step);
    std::ofstream(path) << "weights of step " << step;
    return {.id = {}, .what = Event::Checkpoint{.step = step, .path = path}};
  }
  std::string checkpoint_path(std::int64_t step) const {
    return run::checkpoints_folder(options_.trials_folder, 0) / ("ck-" + std::to_string(step));
  }

  std::vector<std::int64_t> steps_of(int branch) {
    std::vector<std::int64_t> steps;
    const auto reports = storage_->live().load_branch_reports(study_->storage_id(), 0, branch).value();
    for (const storage::BranchReport& report : reports) steps.push_back(report.step);
    return steps;
  }
  /// Of the trial's curve.
  std::vector<std::int64_t> trial_steps() {
    std::vector<std::int64_t> steps;
    const int attempt = study_->records().front().attempt;
    const auto reports = storage_->load_reports(study_->storage_id(), 0, attempt).value();
    for (const storage::ReportRecord& report : reports) steps.push_back(report.step);
    return steps;
  }
  storage::BranchRecord branch(std::size_t number) {
    return storage_->live().load_branches(study_->storage_id(), 0)->at(number);
  }
  std::size_t branch_count() { return storage_->live().load_branches(study_->storage_id(), 0)->size(); }
  storage::CommandRecord command(std::int64_t id) { return **storage_->live().find_command(id); }
  bool was_sent(const char* what) const {
    return std::any_of(executor_.sent.begin(), executor_.sent.end(),
                       [&](const Json& each) { return each.contains(what); });
  }

  std::string folder_;
  PlayedClock clock_;
  PlayedExecutor executor_{clock_};
  std::unique_ptr<storage::Storage> storage_;
  std::unique_ptr<study::Study> study_;
  Options options_;
  int signals_[2] = {-1, -1};
  std::int64_t id_ = 0;
};

using Steps = std::vector<std::int64_t>;

TEST_F(Supervised, AStopWaitsForTheAnswerAndTheAnswerDecides) {
  const Ending ending = play({
      [&] {
        id_ = post_set(0.5);
        return std::vector{hello(), report(1)};
      },
      [&] {
        EXPECT_TRUE(was_sent("set"));
        signal(SIGTERM);
        return std::vector{report(2)};
      },
      [&] {
        EXPECT_FALSE(was_sent("stop"));
        EXPECT_EQ(steps_of(0), (Steps{1}));  // What came after the set is held back.
        EXPECT_EQ(command(id_).state, CommandState::kPending);
        return std::vector{checkpoint(2), applied(2, 0.5), report(3)};
      },
  });
  EXPECT_FALSE(ending.finished);
  EXPECT_EQ(ending.last_signal, SIGTERM);
  EXPECT_EQ(command(id_).state, CommandState::kDone);
  EXPECT_EQ(steps_of(0), (Steps{1, 2}));
  EXPECT_EQ(steps_of(1), (Steps{3}));
  EXPECT_EQ(study_->records().front().state, State::kPaused);
}

TEST_F(Supervised, AStopWaitsNoLongerThanItsTimeAndThenNothingWasChanged) {
  options_.answer_seconds = 60;
  const Ending ending = play({
      [&] {
        id_ = post_set(0.5);
        return std::vector{hello(), report(1)};
      },
      [&] {
        signal(SIGINT);
        return std::vector{report(2, 17), checkpoint(2)};
      },
      [&] {
        clock_.now_ms += 58'000;
        return std::vector<Event>{};
      },
      [&] {
        EXPECT_FALSE(was_sent("stop"));
        EXPECT_EQ(executor_.acks, (std::vector<std::uint64_t>{17}));  // Else it would never read on.
        clock_.now_ms += 3'000;
        return std::vector<Event>{};
      },
      [&] {
        EXPECT_TRUE(was_sent("stop"));
        return std::vector{applied(2, 0.5), report(3), checkpoint(3)};  // Too late: of which branch, nobody asks.
      },
  });
  EXPECT_FALSE(ending.finished);
  EXPECT_EQ(command(id_).state, CommandState::kRefused);
  EXPECT_NE(command(id_).answer.find("did not answer within 1m"), std::string::npos) << command(id_).answer;
  EXPECT_EQ(steps_of(0), (Steps{1}));
  EXPECT_EQ(branch_count(), 1U);
  EXPECT_TRUE(storage_->live().load_checkpoints(study_->storage_id(), 0)->empty());
}

TEST_F(Supervised, AProgramThatEndsUnderAStopBeforeItAnsweredHasChangedNothing) {
  play({
      [&] {
        id_ = post_set(0.5);
        return std::vector{hello(), report(1)};
      },
      [&] {
        signal(SIGINT);
        return std::vector{report(2)};
      },
      [&] {
        signal(SIGINT);
        return std::vector<Event>{};
      },
      [&] {
        EXPECT_EQ(executor_.ends, 1);
        signal(SIGINT);
        return std::vector<Event>{};
      },
      [&] {
        EXPECT_EQ(executor_.kills, 1);
        return std::vector{PlayedExecutor::exited(exec::Cause::kStopped)};
      },
  });
  EXPECT_EQ(command(id_).state, CommandState::kRefused);
  EXPECT_NE(command(id_).answer.find("the program ended before it answered"), std::string::npos);
  EXPECT_EQ(steps_of(0), (Steps{1}));
  EXPECT_EQ(branch_count(), 1U);
  EXPECT_EQ(study_->records().front().state, State::kPaused);
}

TEST_F(Supervised, AProgramThatComesToItsEndBeforeItReadTheChangeHasReportedOfTheBranchBefore) {
  const Ending ending = play({
      [&] {
        id_ = post_set(0.5);
        return std::vector{hello(), report(1)};
      },
      [&] {
        return std::vector{report(2), report(3), PlayedExecutor::exited(exec::Cause::kFinished)};
      },
  });
  EXPECT_TRUE(ending.finished);
  EXPECT_EQ(steps_of(0), (Steps{1, 2, 3}));
  EXPECT_EQ(command(id_).state, CommandState::kRefused);
  EXPECT_NE(command(id_).answer.find("has just finished"), std::string::npos);
}

TEST_F(Supervised, AProgramThatIsKilledBeforeItAnsweredIsAskedAgainAndItsLastReportsDoNotCount) {
  play({
      [&] {
        id_ = post_set(0.5);
        return std::vector{hello(), report(1)};
      },
      [&] {
        return std::vector{report(2), PlayedExecutor::exited(exec::Cause::kSignal)};
      },
      [&] {
        EXPECT_EQ(executor_.launches.size(), 2U);
        EXPECT_EQ(command(id_).state, CommandState::kPending);
        return std::vector{hello(), report(1)};
      },
      [&] {
        return std::vector{checkpoint(1), applied(1, 0.5), report(2)};
      },
      [&] {
        signal(SIGINT);
        return std::vector<Event>{};
      },
  });
  EXPECT_EQ(command(id_).state, CommandState::kDone);
  EXPECT_EQ(steps_of(0), (Steps{1}));
  EXPECT_EQ(steps_of(1), (Steps{2}));
}

TEST_F(Supervised, AnAnswerThatComesLateTellsWhichReportsAreOfTheBranchAfter) {
  play({
      [&] {
        id_ = post_set(0.5);
        return std::vector{hello(), report(1)};
      },
      [&] {
        return std::vector{report(2), report(3), applied(2, 0.5), report(4)};
      },
      [&] {
        signal(SIGINT);
        return std::vector<Event>{};
      },
  });
  EXPECT_EQ(steps_of(0), (Steps{1, 2}));
  EXPECT_EQ(steps_of(1), (Steps{3, 4}));
}

TEST_F(Supervised, AChangeAndItsCheckpointAreAskedForAtOnce) {
  play({
      [&] {
        id_ = post_set(0.5);
        return std::vector{hello(), report(1)};
      },
      [&] {
        EXPECT_EQ(executor_.sent, (std::vector<Json>{{{"checkpoint", Json::object()}}, {{"set", {{"rate", 0.5}}}}}));
        EXPECT_EQ(executor_.batches, (std::vector<std::size_t>{2}));
        signal(SIGINT);
        return std::vector{checkpoint(1), applied(1, 0.5)};
      },
  });
}

// Its checkpoint is that of step 1, the values are used from step 2 on, and nothing of the branch itself was saved.
TEST_F(Supervised, ABranchBeginsWhereItsProgramIsStartedAgain) {
  play({
      [&] {
        id_ = post_set(0.5);
        return std::vector{hello(), report(1)};
      },
      [&] {
        return std::vector{checkpoint(1), report(2), applied(2, 0.5), report(3)};
      },
      [&] {
        signal(SIGTERM);
        return std::vector<Event>{};
      },
  });
  EXPECT_EQ(command(id_).state, CommandState::kDone);
  EXPECT_EQ(branch(1).from_step, 2);
  EXPECT_EQ(steps_of(0), (Steps{1, 2}));
  EXPECT_EQ(steps_of(1), (Steps{3}));
  executor_.plays_at_rest = false;
  play({
      [&] {
        EXPECT_EQ(executor_.launches.back().resume_path, checkpoint_path(1));
        return std::vector{hello(), report(2), report(3)};
      },
      [&] {
        signal(SIGTERM);
        return std::vector<Event>{};
      },
  });
  EXPECT_EQ(branch(1).from_step, 1);
  EXPECT_EQ(steps_of(0), (Steps{1, 2}));
  EXPECT_EQ(steps_of(1), (Steps{2, 3}));
  EXPECT_EQ(storage_->live().load_interventions(study_->storage_id(), 0)->front().step, 1);
  EXPECT_EQ(trial_steps(), (Steps{1, 2, 3}));
}

TEST_F(Supervised, ABranchOfAProgramThatCannotGoBackBeginsAnewWithIt) {
  const Event cannot{.id = {}, .what = Event::Hello{.live = true, .loop = true}};
  play({
      [&] {
        id_ = post_set(0.5);
        return std::vector{cannot, report(1), report(2)};
      },
      [&] {
        return std::vector{applied(2, 0.5), report(3), PlayedExecutor::exited(exec::Cause::kSignal)};
      },
      [&] {
        EXPECT_EQ(executor_.launches.size(), 2U);
        EXPECT_EQ(executor_.launches.back().resume_path, "");
        return std::vector{cannot, report(1)};
      },
      [&] {
        signal(SIGTERM);
        return std::vector<Event>{};
      },
  });
  EXPECT_EQ(branch(1).from_step, 0);
  EXPECT_EQ(steps_of(1), (Steps{1}));
  EXPECT_EQ(trial_steps(), (Steps{1}));
}

// A container was killed, and the model goes on in another one: the process numbers of the first say nothing there.
TEST_F(Supervised, TakesAModelOverFromAnUnseenProcessOnceThatHasGivenNoSignOfLifeForTheGrace) {
  play({[&] {
    signal(SIGINT);
    return std::vector{hello(), report(1)};
  }});
  auto storage = storage::open_sqlite(folder_ + "/s.db", {}).value();
  const auto there =
      study::Study::open_existing("m", {.storage = storage.get(), .clock = &clock_, .session = "there"}).value();
  const std::string host = base::this_process().host;
  ASSERT_TRUE(there->sessions().beat(
      {.id = "there", .host = host.substr(0, host.rfind('/')) + "/1", .pid = 1, .pid_start = "1"}));
  ASSERT_TRUE(there->by_hand().take_over(0).has_value());
  const std::int64_t begun_ms = clock_.now_ms;
  const auto exit_once_started = [&] {
    return executor_.launches.size() < 2 ? std::vector<Event>{}
                                         : std::vector{report(2), PlayedExecutor::exited(exec::Cause::kFinished)};
  };
  EXPECT_TRUE(play(std::vector<PlayedExecutor::Scene>(1000, exit_once_started)).finished);
  EXPECT_GE(clock_.now_ms - begun_ms, study::SessionWatch::kGraceMs);
  EXPECT_LT(clock_.now_ms - begun_ms, 2 * study::SessionWatch::kGraceMs);
  EXPECT_EQ(study_->records().front().attempt, 3);
}

TEST_F(Supervised, ARefusedChangeLeavesAllReportsToTheBranch) {
  play({
      [&] {
        id_ = post_set(0.5);
        return std::vector{hello(), report(1)};
      },
      [&] {
        return std::vector{report(2), Event{.id = {}, .what = Event::Refused{.set = {{"rate", 0.5}}, .reason = "no"}},
                           report(3)};
      },
      [&] {
        signal(SIGINT);
        return std::vector<Event>{};
      },
  });
  EXPECT_EQ(command(id_).state, CommandState::kRefused);
  EXPECT_EQ(steps_of(0), (Steps{1, 2, 3}));
}

}  // namespace
}  // namespace sterlet::babysit
