// A study over a storage that fails: for every call n of its life (ask, report, checkpoint, tell, enqueue, add, in
// transactions of their own and in larger ones), the n-th fails. After each failure memory is what the storage says, the
// study can be opened, and it goes on as if that call had never been made.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sterlet/storage/faulty.h"
#include "sterlet/storage/memory/memory.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/study/study.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::study {
namespace {

using base::Result;
using storage::State;

class StillClock final : public base::Clock {
 public:
  std::int64_t wall_ms() const override { return 1764000000000; }
  std::int64_t steady_ms() const override { return 0; }
};
const StillClock kClock;

studyfile::StudyFile file_of(const std::string& more) {
  auto file =
      studyfile::parse_study_text(study::strategies(),
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
    lines.push_back(fmt::format("{} {} attempt {} values {} '{}' {} point {} history {} {} {} {} runs {}",
                                record.number, storage::text_of(record.state), record.attempt, text(record.values),
                                record.reason, record.checkpoint, space::Space::text_of(known.point),
                                static_cast<int>(known.outcome), text(known.values), known.predicted_final,
                                known.predicted_sd, known.runs));
  }
  for (const storage::TurnRecord& turn : study.turns()) {
    lines.push_back(fmt::format("turn {} of {}: {} {} {}", turn.turn, turn.trial, storage::text_of(turn.state),
                                turn.start, turn.end));
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
    STERLET_PASS(
        study.add({{"x", 0.75}}, {.values = {0.75}}, std::vector<StepReport>{{.step = 1, .metrics = {{"loss", 1.5}}}}));
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
        for (const auto& one : *turns)
          from = one.trial == claim->number && one.state == storage::TurnRecord::State::kRunning ? one.from_step : from;
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

constexpr int kTurns = 40;

/// The statement fails; the storage takes the transaction back with it; and the disk stays full for a while.
const std::vector<storage::Fault> kKinds = {
    {.stays = false, .takes_back = false}, {.stays = false, .takes_back = true}, {.stays = true, .takes_back = true}};

class StudyFaults : public testing::TestWithParam<const char*> {
 protected:
  /// Lives through all turns with that fault; call 0: none. Returns how many calls it took in all.
  static std::int64_t run(const storage::Fault& fault, std::vector<std::string>& result) {
    const studyfile::StudyFile file = file_of(GetParam());
    const auto database = storage::make_memory_database();
    const auto truth = storage::connect_memory(database, kClock);
    storage::FaultyStorage failing(storage::connect_memory(database, kClock));
    auto study = Study::open(file, {.storage = &failing, .clock = &kClock, .session = "a"}).value();
    const std::int64_t before_it = failing.calls();
    if (fault.call > 0) failing.set_fault(fault);
    std::map<std::int64_t, std::pair<int, std::int64_t>> running;
    for (int turn = 0; turn < kTurns; ++turn) {
      const auto before = running;
      auto done = live(*study, turn, running);
      if (done) continue;
      EXPECT_TRUE(done.error().what.starts_with("the disk is full")) << done.error().message();
      EXPECT_EQ(seen(*study), stored(*truth)) << "after turn " << turn << ", " << done.error().where;
      if (done.error().where == "sync") return failing.calls() - before_it;  // Done, but for a loss of power.
      failing.clear_fault();
      if (turn % 3 == 0 || turn == 7) running = before;
      done = live(*study, turn, running);
      EXPECT_TRUE(done.has_value()) << done.error().message();
    }
    result = seen(*study);
    EXPECT_EQ(result, stored(*truth));
    return failing.calls() - before_it;
  }

  /// What somebody sees who opens the study now.
  static std::vector<std::string> stored(storage::Storage& truth) {
    const auto study = Study::open_existing("s", {.storage = &truth, .clock = &kClock, .session = "b"});
    if (!study) return {study.error().message()};
    return seen(**study);
  }
};

TEST_P(StudyFaults, OfAnyOneCallLeaveMemoryAsTheStorageIsAndTheStudyGoesOn) {
  std::vector<std::string> expected;
  const std::int64_t calls = run({.call = 0}, expected);
  ASSERT_GT(calls, 100);
  for (storage::Fault fault : kKinds) {
    for (fault.call = 1; fault.call <= calls; ++fault.call) {
      SCOPED_TRACE(
          fmt::format("the call {} of {} fails, kind {} {}", fault.call, calls, fault.stays, fault.takes_back));
      std::vector<std::string> result;
      run(fault, result);
      if (HasFailure()) return;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Lives, StudyFaults,
                         testing::Values("", "pruner: {name: asha, eta: 2, promote: true}\nbudget: {trials: 8}\n",
                                         "pruner: median\nbudget: {trials: 9, target: 0.3}\n", "repeats: 2\n",
                                         "strategy: {name: pbt, population: 2, interval: 4, steps: 12}\n"));

}  // namespace
}  // namespace sterlet::study
