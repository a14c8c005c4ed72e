// A model that is babysat over a storage that fails: for every call n of its life (the beginning, reports, checkpoints,
// set, undo, branch, stop, the end), the n-th fails once. Where that ends the run, it is started again, as its owner
// would. After that nothing may be lost or doubled, and logbook, curve and checkpoints must agree: what the program
// trains is a number that remembers each hyperparameter of each step, so a report under the wrong branch shows.
#include <gtest/gtest.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sterlet/babysit/supervisor.h"
#include "sterlet/babysit/record/tree.h"
#include "sterlet/base/process.h"
#include "sterlet/exec/executor.h"
#include "sterlet/storage/faulty.h"
#include "sterlet/storage/memory/memory.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/study/study.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::babysit {
namespace {

using base::Json;
using exec::Event;
using storage::CommandState;

constexpr std::int64_t kLastStep = 24;

class TestClock final : public base::Clock {
 public:
  std::int64_t wall_ms() const override { return 1'764'000'000'000 + now; }
  std::int64_t steady_ms() const override { return now; }
  std::int64_t now = 0;
};

// What the program trains: a number below 2^40 that remembers every value of x in its steps.
double next_weight(double weight, double x) { return std::fmod(weight * 131 + std::round(x * 4096), 1099511627689.0); }

/// One program that takes live changes, behind the face of an executor: it trains one step a wait().
class OneProgram final : public exec::Executor {
 public:
  explicit OneProgram(TestClock& clock) : clock_(clock) {}

  std::optional<std::size_t> capacity() const override { return std::nullopt; }
  std::size_t running() const override { return launch_ ? 1 : 0; }
  base::Result<void> launch(const exec::Launch& launch) override {
    launch_ = launch;
    x_ = launch.params.at("x").get<double>();
    weight_ = 0;
    step_ = 0;
    std::filesystem::create_directories(launch.trial_folder + "/checkpoints");
    if (!launch.resume_path.empty()) restore(launch.resume_path);
    tell(Event::Hello{.live = true, .restores = true});
    return {};
  }
  std::vector<Event> wait(std::optional<std::int64_t> /*timeout_ms*/, std::span<const int> also) override {
    clock_.now += launch_ ? 100 : 1000;
    if (events_.empty() && is_read_) {  // Training is slower than reading a checkpoint, which a thread does.
      std::vector<pollfd> watched;
      for (const int fd : also) watched.push_back({.fd = fd, .events = POLLIN, .revents = 0});
      is_read_ = false;
      if (::poll(watched.data(), watched.size(), 10) > 0) return {};
    }
    if (launch_ && events_.empty()) train();
    return std::exchange(events_, {});
  }
  bool acknowledge(std::uint64_t /*ack*/, bool /*prune*/) override { return false; }
  bool send(const exec::AttemptId& /*id*/, const Json& message) override {
    if (!launch_) return false;
    if (message.contains("checkpoint")) save();
    if (message.contains("restore")) {
      restore(message["restore"].at("path").get<std::string>());
      if (message["restore"].contains("set")) set(message["restore"]["set"]);
      tell(Event::Restored{.step = step_, .path = message["restore"].at("path").get<std::string>()});
    }
    if (message.contains("set")) {
      set(message["set"]);
      tell(Event::Applied{.step = step_, .set = message["set"]});
    }
    if (message.contains("stop")) exit(exec::Cause::kFinished);
    return true;
  }
  void end(const exec::AttemptId& /*id*/, const std::string& /*reason*/) override { exit(exec::Cause::kStopped); }
  void kill(const exec::AttemptId& /*id*/, const std::string& /*reason*/) override { exit(exec::Cause::kStopped); }
  void hold(const exec::AttemptId& /*id*/, bool held) override { is_held_ = held; }
  void end_leftovers(const std::string& /*session*/) override {}

 private:
  template <typename What>
  void tell(What what) {
    events_.push_back({.id = launch_->id, .what = std::move(what)});
  }
  void train() {
    if (is_held_) return;
    weight_ = next_weight(weight_, x_);
    ++step_;
    tell(Event::Report{.step = step_, .metrics = {{"loss", weight_}}});
    if (step_ % 4 == 0) save();
    if (step_ >= kLastStep) exit(exec::Cause::kFinished);
  }
  void save() {
    const std::string path =
        fmt::format("{}/checkpoints/{}-{}-{}", launch_->trial_folder, step_, launch_->id.attempt, ++saves_);
    std::ofstream(path) << fmt::format("{} {}", step_, weight_);
    tell(Event::Checkpoint{.step = step_, .path = path});
    is_read_ = true;
  }
  void restore(const std::string& path) {
    std::ifstream file(path);
    file >> step_ >> weight_;
    EXPECT_TRUE(file) << "a checkpoint that is needed is gone: " << path;
  }
  void set(const Json& values) { x_ = values.value("x", x_); }
  void exit(exec::Cause cause) {
    if (!launch_) return;
    tell(Event::Exited{.cause = cause});
    launch_.reset();
  }

  TestClock& clock_;
  std::optional<exec::Launch> launch_;
  std::vector<Event> events_;
  bool is_held_ = false;
  bool is_read_ = false;  // A checkpoint was told of that may not have been read yet.
  double x_ = 0, weight_ = 0;
  std::int64_t step_ = 0;
  int saves_ = 0;
};

studyfile::StudyFile study_file() {
  auto file =
      studyfile::parse_study_text(study::strategies(),
                                  "study: s\nobjective: {metric: loss}\nseed: 3\ncommand: [train]\nstrategy: panda\n"
                                  "params: {x: {type: float, low: 0, high: 1, default: 0.5, live: true}}\n",
                                  "study.yaml", "/tmp");
  EXPECT_TRUE(file.has_value()) << file.error().front().message();
  return std::move(*file);
}

/// What a person wants, and at which step she wants it.
struct Wish {
  std::int64_t step;
  std::string kind, body;
};
const std::vector<Wish> kWishes = {
    {3, "set", R"({"changes":[{"name":"x","op":"=","value":0.25}]})"},
    {6, "undo", "{}"},
    {9, "set", R"({"changes":[{"name":"x","op":"*=","value":1.5}]})"},
    {14, "branch", R"({"at":4,"changes":[{"name":"x","op":"=","value":0.125}]})"},
};

class Life : public Observer {
 public:
  Life() : database_(storage::make_memory_database()), truth_(storage::connect_memory(database_, clock_)) {
    std::string pattern = (std::filesystem::temp_directory_path() / "sterlet-faults-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~Life() override { std::filesystem::remove_all(folder_); }

  /// Runs the model to its end, the n-th call failing in that way; 0: none. Returns how many calls there were.
  std::int64_t run(storage::Fault fault) {
    auto owned = std::make_unique<storage::FaultyStorage>(storage::connect_memory(database_, clock_));
    storage::FaultyStorage& faulty = *owned;
    if (fault.call > 0) faulty.set_fault(fault);
    for (int session = 0; session < 20; ++session) {
      const auto ended = raise_once(faulty, session);
      calls_ = faulty.calls();
      faulty.rollback();
      if (ended && ended->finished) return calls_;
      if (ended) {
        EXPECT_FALSE(ended->failed) << ended->reason;
        continue;
      }
      errors_.push_back(ended.error().message());
      EXPECT_TRUE(faulty.has_failed()) << "no fault, and it ends with: " << ended.error().message();
      EXPECT_FALSE(ended.error().what.empty());
      faulty.clear_fault();              // The disk has room again.
      if (is_complete()) return calls_;  // All but the end of the session is stored.
    }
    ADD_FAILURE() << "it does not come to its end: " << fmt::format("{}", fmt::join(errors_, "; "));
    return calls_;
  }

  void stands(const Status& status) override { post_due(status.step); }
  void tick() override {}

  /// Logbook, curve and checkpoints agree, and what was answered is there.
  void check() {
    const auto study =
        study::Study::open_existing("s", {.storage = truth_.get(), .clock = &clock_, .session = "check"});
    ASSERT_TRUE(study.has_value()) << study.error().message();
    const std::int64_t id = (*study)->storage_id();
    ASSERT_EQ((*study)->records().size(), 1U) << "one model";
    EXPECT_EQ((*study)->records().front().state, storage::State::kComplete) << (*study)->records().front().reason;
    storage::LiveStorage& live = truth_->live();
    const Tree tree = load_tree(*truth_, id, live.load_models(id).value().front()).value();
    std::map<int, std::map<std::int64_t, double>> weights;  // By branch, then step.
    for (const storage::BranchRecord& branch : tree.branches) {
      const double x = params_of(tree, branch.number).at("x").get<double>();
      std::map<std::int64_t, double>& mine = weights[branch.number];
      mine[branch.from_step] = branch.parent ? weight_at(weights, tree, *branch.parent, branch.from_step) : 0.0;
      for (std::int64_t step = branch.from_step + 1; step <= kLastStep; ++step) {
        mine[step] = next_weight(mine[step - 1], x);
      }
      const auto reports = live.load_branch_reports(id, 0, branch.number).value();
      std::int64_t before = branch.from_step;
      for (const storage::BranchReport& report : reports) {
        EXPECT_EQ(report.step, ++before) << "a step is missing on branch " << branch_name(branch.number);
        ASSERT_TRUE(mine.contains(report.step));
        EXPECT_EQ(report.value, mine[report.step])
            << "step " << report.step << " of branch " << branch_name(branch.number)
            << " was trained with other hyperparameters than the logbook says";
      }
    }
    for (const storage::CheckpointRecord& checkpoint : tree.checkpoints) {
      if (checkpoint.state != storage::CheckpointState::kKept) continue;
      std::ifstream file(checkpoint.path);
      std::int64_t step = 0;
      double weight = 0;
      file >> step >> weight;
      EXPECT_EQ(step, checkpoint.step) << checkpoint.path;
      EXPECT_EQ(weight, weight_at(weights, tree, checkpoint.branch, step))
          << "the checkpoint of step " << step << " is not of branch " << branch_name(checkpoint.branch);
    }
    // The trial's own curve is the active line's.
    const auto line = line_reports(*truth_, id, tree, tree.model.active).value();
    const auto told = truth_->load_reports(id, 0, (*study)->records().front().attempt).value();
    ASSERT_FALSE(told.empty());
    std::map<std::int64_t, double> on_line;
    for (const storage::BranchReport& report : line) on_line[report.step] = report.value;
    EXPECT_EQ(on_line.size(), static_cast<std::size_t>(kLastStep));
    for (const storage::ReportRecord& report : told) EXPECT_EQ(report.value, on_line[report.step]) << report.step;
    EXPECT_EQ((*study)->records().front().values, std::vector<double>{on_line[kLastStep]});
    // Every change that was acknowledged is in the logbook, once.
    std::size_t done = 0;
    for (const std::int64_t wish : posted_) {
      const auto command = live.find_command(wish).value();
      ASSERT_TRUE(command.has_value());
      if (command->state == CommandState::kDone && command->kind != "undo") ++done;
      if (command->state == CommandState::kRefused) {
        EXPECT_NE(command->answer.find("\"what\""), std::string::npos) << command->answer;
      }
    }
    EXPECT_EQ(tree.interventions.size(), done);
  }

  const std::vector<std::string>& errors() const { return errors_; }

 private:
  // Of a step on the line that leads to a branch.
  static double weight_at(std::map<int, std::map<std::int64_t, double>>& weights, const Tree& tree, int branch,
                          std::int64_t step) {
    while (step < tree.branches[static_cast<std::size_t>(branch)].from_step) {
      branch = *tree.branches[static_cast<std::size_t>(branch)].parent;
    }
    return weights[branch][step];
  }

  bool is_complete() {
    bool complete = false;
    EXPECT_TRUE(truth_
                    ->visit_trials(study_id_, 0,
                                   [&](storage::TrialRow& row) -> base::Result<void> {
                                     complete = row.record.state == storage::State::kComplete;
                                     return {};
                                   })
                    .has_value());
    return complete;
  }

  base::Result<Ending> raise_once(storage::FaultyStorage& faulty, int session) {
    const std::string name = fmt::format("session{}", session);
    OneProgram program(clock_);
    STERLET_TRY(const auto study,
                study::Study::open(study_file(), {.storage = &faulty, .clock = &clock_, .session = name}));
    study_id_ = study->storage_id();
    const Options options{
        .trials_folder = folder_,
        // Of this machine and no living process: the next session need not wait to see that it is gone.
        .session = {.id = name,
                    .host = base::this_process().host,
                    .pid = getpid(),
                    .pid_start = "0",
                    .started_ms = clock_.wall_ms()},
        .checkpoint_seconds = 1000,
        .window = 2};
    const bool is_new = truth_->live().load_models(study_id_).value().empty();
    return supervise(*study, faulty, program, clock_, *this,
                     {.fresh = is_new, .params = is_new ? Json{{"x", 0.5}} : Json()}, options);
  }

  void post_due(std::int64_t step) {
    while (posted_.size() < kWishes.size() && kWishes[posted_.size()].step <= step) {
      const Wish& wish = kWishes[posted_.size()];
      const auto posted =
          truth_->live().post_command(study_id_, {.trial = 0, .kind = wish.kind, .body = wish.body, .who = "ada"});
      if (!posted) return;  // Somebody writes; next time.
      posted_.push_back(*posted);
    }
  }

  TestClock clock_;
  std::shared_ptr<storage::MemoryDatabase> database_;
  std::unique_ptr<storage::Storage> truth_;  // Never fails.
  std::string folder_;
  std::int64_t study_id_ = 0;
  std::int64_t calls_ = 0;
  std::vector<std::int64_t> posted_;
  std::vector<std::string> errors_;
};

TEST(BabysitFaults, OfNoCallIsALifeWithoutAny) {
  Life life;
  EXPECT_GT(life.run({.call = 0}), 100);
  EXPECT_TRUE(life.errors().empty());
  life.check();
}

// The statement fails, or SQLite takes the transaction back with it, or the disk stays full until the run has ended.
class BabysitFaults : public testing::TestWithParam<std::pair<bool, bool>> {};

TEST_P(BabysitFaults, OfAnyOneCallLeaveLogbookCurveAndCheckpointsAgreed) {
  std::int64_t calls = 0;
  {
    Life life;
    calls = life.run({.call = 0});
  }
  for (std::int64_t n = 1; n <= calls; ++n) {
    SCOPED_TRACE(fmt::format("the call {} of {} fails", n, calls));
    Life life;
    life.run({.call = n, .stays = GetParam().second, .takes_back = GetParam().first});
    life.check();
    if (testing::Test::HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, BabysitFaults,
                         testing::Values(std::pair(false, false), std::pair(true, false), std::pair(true, true)));

}  // namespace
}  // namespace sterlet::babysit
