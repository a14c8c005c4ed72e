// A storage that fails: after each failure memory is what the storage says, and the study goes on as if that call had
// never been made.
#include "sterlet/study/ledger.h"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "sterlet/study/study.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::study {
namespace {

using base::Result;
using storage::State;

// Passes all on; the call with the number `fails_at` (counted from 1) fails instead of being made.
class FailingStorage final : public storage::Storage, public storage::LiveStorage {
 public:
  explicit FailingStorage(storage::Storage& inner) : inner_(inner), live_(inner.live()) {}
  std::int64_t calls = 0, fails_at = 0;

#define STERLET_PASS_ON(type, target, name, parameters, arguments)                               \
  Result<type> name parameters override {                                                        \
    if (++calls == fails_at) return base::fail(base::ErrorCode::kDisk, "the disk is full", "", #name); \
    return target.name arguments;                                                                \
  }
  using Visit = std::function<Result<void>(storage::TrialRow&)>;
  STERLET_PASS_ON(void, inner_, begin, (), ())
  STERLET_PASS_ON(void, inner_, commit, (), ())
  STERLET_PASS_ON(void, inner_, sync, (), ())
  void rollback() override { inner_.rollback(); }
  STERLET_PASS_ON(storage::StudyRecord, inner_, create_study,
                  (const storage::StudyRecord& study, std::span<const std::string> queue), (study, queue))
  STERLET_PASS_ON(std::optional<storage::StudyRecord>, inner_, find_study, (const std::string& name), (name))
  STERLET_PASS_ON(std::vector<storage::StudyRecord>, inner_, list_studies, (), ())
  STERLET_PASS_ON(void, inner_, set_spec, (std::int64_t study, const std::string& spec), (study, spec))
  STERLET_PASS_ON(int, inner_, add_spec_version, (std::int64_t study, const storage::SpecVersion& version),
                  (study, version))
  STERLET_PASS_ON(std::vector<storage::SpecVersion>, inner_, load_spec_versions, (std::int64_t study), (study))
  STERLET_PASS_ON(void, inner_, request_stop, (std::int64_t study, bool requested), (study, requested))
  STERLET_PASS_ON(bool, inner_, is_stop_requested, (std::int64_t study), (study))
  STERLET_PASS_ON(std::int64_t, inner_, put_trial,
                  (std::int64_t study, const storage::TrialRow& trial, const std::string& event, std::int64_t wall_ms,
                   const std::string& detail),
                  (study, trial, event, wall_ms, detail))
  STERLET_PASS_ON(std::int64_t, inner_, put_reports,
                  (std::int64_t study, std::span<const storage::ReportRecord> reports), (study, reports))
  STERLET_PASS_ON(void, inner_, drop_reports, (std::int64_t study, std::int64_t trial, int attempt),
                  (study, trial, attempt))
  STERLET_PASS_ON(std::int64_t, inner_, count_trials, (std::int64_t study), (study))
  STERLET_PASS_ON(void, inner_, visit_trials, (std::int64_t study, std::int64_t since, const Visit& visit),
                  (study, since, visit))
  STERLET_PASS_ON(std::vector<storage::ReportRecord>, inner_, load_reports,
                  (std::int64_t study, std::int64_t trial, int attempt), (study, trial, attempt))
  STERLET_PASS_ON(std::vector<storage::SequencedReport>, inner_, load_sequenced_reports,
                  (std::int64_t study, std::int64_t since), (study, since))
  STERLET_PASS_ON(std::int64_t, inner_, last_event, (std::int64_t study), (study))
  STERLET_PASS_ON(std::vector<storage::EventRecord>, inner_, load_events, (std::int64_t study, std::int64_t since),
                  (study, since))
  STERLET_PASS_ON(void, inner_, push_queue, (std::int64_t study, const std::string& params), (study, params))
  STERLET_PASS_ON(std::optional<std::string>, inner_, pop_queue, (std::int64_t study), (study))
  STERLET_PASS_ON(void, inner_, put_session, (const storage::SessionRecord& session), (session))
  STERLET_PASS_ON(std::vector<storage::SessionRecord>, inner_, load_sessions, (std::int64_t study), (study))
  storage::LiveStorage& live() override { return *this; }

  STERLET_PASS_ON(void, live_, put_model, (std::int64_t study, const storage::ModelRecord& model), (study, model))
  STERLET_PASS_ON(std::vector<storage::ModelRecord>, live_, load_models, (std::int64_t study), (study))
  STERLET_PASS_ON(void, live_, add_branch,
                  (std::int64_t study, std::int64_t trial, const storage::BranchRecord& branch), (study, trial, branch))
  STERLET_PASS_ON(std::vector<storage::BranchRecord>, live_, load_branches, (std::int64_t study, std::int64_t trial),
                  (study, trial))
  STERLET_PASS_ON(void, live_, put_branch_reports,
                  (std::int64_t study, std::int64_t trial, int branch, std::span<const storage::BranchReport> reports),
                  (study, trial, branch, reports))
  STERLET_PASS_ON(std::vector<storage::BranchReport>, live_, load_branch_reports,
                  (std::int64_t study, std::int64_t trial, int branch), (study, trial, branch))
  STERLET_PASS_ON(void, live_, drop_branch_reports,
                  (std::int64_t study, std::int64_t trial, int branch, std::int64_t after_step),
                  (study, trial, branch, after_step))
  STERLET_PASS_ON(std::int64_t, live_, add_checkpoint,
                  (std::int64_t study, std::int64_t trial, const storage::CheckpointRecord& checkpoint),
                  (study, trial, checkpoint))
  STERLET_PASS_ON(void, live_, set_checkpoint_state, (std::int64_t id, const std::string& state), (id, state))
  STERLET_PASS_ON(std::vector<storage::CheckpointRecord>, live_, load_checkpoints,
                  (std::int64_t study, std::int64_t trial), (study, trial))
  STERLET_PASS_ON(std::int64_t, live_, put_intervention,
                  (std::int64_t study, std::int64_t trial, const storage::InterventionRecord& intervention),
                  (study, trial, intervention))
  STERLET_PASS_ON(std::vector<storage::InterventionRecord>, live_, load_interventions,
                  (std::int64_t study, std::int64_t trial), (study, trial))
  STERLET_PASS_ON(void, live_, put_turn, (std::int64_t study, const storage::TurnRecord& turn), (study, turn))
  STERLET_PASS_ON(std::vector<storage::TurnRecord>, live_, load_turns, (std::int64_t study), (study))
  STERLET_PASS_ON(std::int64_t, live_, post_command, (std::int64_t study, const storage::CommandRecord& command),
                  (study, command))
  STERLET_PASS_ON(std::vector<storage::CommandRecord>, live_, pending_commands, (std::int64_t study), (study))
  STERLET_PASS_ON(std::optional<storage::CommandRecord>, live_, find_command, (std::int64_t id), (id))
  STERLET_PASS_ON(std::vector<storage::CommandRecord>, live_, commands_of,
                  (std::int64_t study, std::int64_t trial, const std::string& kind), (study, trial, kind))
  STERLET_PASS_ON(void, live_, answer_command,
                  (std::int64_t id, const std::string& state, const std::string& answer, std::int64_t wall_ms),
                  (id, state, answer, wall_ms))
  int wake_fd() override { return -1; }
  STERLET_PASS_ON(bool, live_, changed_elsewhere, (), ())
#undef STERLET_PASS_ON

 private:
  storage::Storage& inner_;
  storage::LiveStorage& live_;
};

class StillClock final : public base::Clock {
 public:
  std::int64_t wall_ms() const override { return 1764000000000; }
  std::int64_t steady_ms() const override { return 0; }
};
const StillClock kClock;

studyfile::StudyFile file_of(const std::string& more) {
  auto file = studyfile::parse_study_text(
      "study: s\nobjective: {metric: loss}\nsampler: random\nseed: 3\ncommand: [train]\n"
      "params: {x: {type: float, low: 0, high: 1, live: true}}\n" +
          more,
      "study.yaml", "/tmp");
  EXPECT_TRUE(file.has_value()) << more << (file ? "" : file.error().front().message());
  return std::move(*file);
}

// What anybody can see of a study, but for the numbers of events.
std::vector<std::string> seen(const Study& study) {
  std::vector<std::string> lines;
  const auto text = [](const std::vector<double>& values) { return fmt::format("{}", fmt::join(values, " ")); };
  for (const storage::TrialRecord& record : study.records()) {
    const space::Observation& known = study.history().trials()[static_cast<std::size_t>(record.number)];
    lines.push_back(fmt::format("{} {} attempt {} values {} '{}' {} point {} history {} {} {} {} runs {}", record.number,
                                storage::text_of(record.state), record.attempt, text(record.values), record.reason,
                                record.checkpoint, space::Space::text_of(known.point), static_cast<int>(known.outcome),
                                text(known.values), known.predicted_final, known.predicted_sd, known.runs));
  }
  for (const storage::TurnRecord& turn : study.turns()) {
    lines.push_back(fmt::format("turn {} of {}: {} {} {}", turn.turn, turn.trial, turn.state, turn.start, turn.end));
  }
  for (const std::int64_t trial : study.best()) lines.push_back(fmt::format("best {}", trial));
  return lines;
}

double loss(const Study& study, std::int64_t trial, std::int64_t step) {
  return study.point_of(trial).values.front() + 1 / static_cast<double>(step);
}

// One step in a study's life, chosen by `turn`: all its calls in one transaction, or each in its own.
Result<void> live(Study& study, int turn, std::map<std::int64_t, std::pair<int, std::int64_t>>& running) {
  if (turn == 3) return study.enqueue({{"x", 0.125}});
  if (turn == 7 && !study.population_options()) {
    STERLET_PASS(study.add({{"x", 0.75}}, {.values = {0.75}}, std::vector<std::pair<std::int64_t, double>>{{1, 1.5}}));
    return {};
  }
  const bool is_grouped = turn % 3 == 0;
  std::optional<Ledger::Transaction> group;
  if (is_grouped) {
    STERLET_TRY(auto begun, study.begin());
    group.emplace(std::move(begun));
  }
  auto after = running;
  if (after.size() < 2) {
    STERLET_TRY(const auto claim, study.ask());
    if (claim) {
      const auto* turns = claim->agenda.empty() ? nullptr : &study.turns();
      std::int64_t from = 0;
      if (turns != nullptr) {
        for (const auto& one : *turns) from = one.trial == claim->number && one.state == "running" ? one.from_step : from;
      }
      after[claim->number] = {claim->attempt, from};
    }
    if (!is_grouped) {
      running = after;
      return {};
    }
  }
  if (!after.empty()) {
    auto one = after.begin();
    std::advance(one, turn % static_cast<int>(after.size()));
    const std::int64_t trial = one->first, step = one->second.second + 1;
    const int attempt = one->second.first;
    STERLET_TRY(const auto decision, study.report(trial, attempt, step, {{"loss", loss(study, trial, step)}}));
    one->second.second = step;
    if (!is_grouped) running = after;
    STERLET_PASS(study.checkpoint(trial, attempt, fmt::format("/c/{}-{}", trial, step), step));
    if (decision.prune || step % 4 == 0) {
      STERLET_PASS(study.tell(trial, attempt, {.state = decision.prune ? State::kPruned : State::kComplete}));
      after.erase(one);
      running = after;
    }
  }
  if (group) STERLET_PASS(group->commit());
  running = after;
  return {};
}

class Faults : public testing::TestWithParam<const char*> {
 protected:
  Faults() {
    // In memory where that can be: what is lost with the power is not tested here, and the disk is slow.
    const std::filesystem::path memory("/dev/shm");
    const auto parent = std::filesystem::exists(memory) ? memory : std::filesystem::temp_directory_path();
    std::string pattern = (parent / "sterlet-ledger-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~Faults() override { std::filesystem::remove_all(folder_); }

  static constexpr int kTurns = 40;

  // Lives through all turns; the call with that number fails. Returns how many calls it took in all.
  std::int64_t run(std::int64_t fails_at, std::vector<std::string>& result) {
    const studyfile::StudyFile file = file_of(GetParam());
    const auto inner = storage::open_sqlite(fmt::format("{}/{}.db", folder_, fails_at), {}).value();
    FailingStorage failing(*inner);
    auto study = Study::open(file, {.storage = &failing, .clock = &kClock, .session = "a"}).value();
    failing.calls = 0;
    failing.fails_at = fails_at;
    std::map<std::int64_t, std::pair<int, std::int64_t>> running;
    for (int turn = 0; turn < kTurns; ++turn) {
      const auto before = running;
      auto done = live(*study, turn, running);
      if (done) continue;
      EXPECT_EQ(done.error().what, "the disk is full") << done.error().message();
      const bool is_committed = done.error().where == "sync";  // All of it is there, but for a loss of power.
      const auto truth = Study::open_existing("s", {.storage = inner.get(), .clock = &kClock, .session = "b"}).value();
      EXPECT_EQ(seen(*study), seen(*truth)) << "after turn " << turn << ", " << done.error().where;
      if (is_committed) return failing.calls;
      if (turn % 3 == 0 || turn == 7) running = before;
      done = live(*study, turn, running);
      EXPECT_TRUE(done.has_value()) << done.error().message();
    }
    result = seen(*study);
    const auto truth = Study::open_existing("s", {.storage = inner.get(), .clock = &kClock, .session = "b"}).value();
    EXPECT_EQ(result, seen(*truth));
    return failing.calls;
  }

  std::string folder_;
};

TEST_P(Faults, OfAnyOneCallLeaveMemoryAsTheStorageIsAndTheStudyGoesOn) {
  std::vector<std::string> expected;
  const std::int64_t calls = run(0, expected);
  ASSERT_GT(calls, 100);
  for (std::int64_t n = 1; n <= calls; ++n) {
    SCOPED_TRACE(fmt::format("the call {} of {} fails", n, calls));
    std::vector<std::string> result;
    run(n, result);
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Lives, Faults,
                         testing::Values("", "pruner: {name: asha, eta: 2, promote: true}\nbudget: {trials: 8}\n",
                                         "pruner: median\nbudget: {trials: 9, target: 0.3}\n", "repeats: 2\n",
                                         "strategy: {name: pbt, population: 2, interval: 4, steps: 12}\n"));

}  // namespace
}  // namespace sterlet::study
