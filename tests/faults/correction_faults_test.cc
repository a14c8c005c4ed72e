// A study that people correct over a storage that fails: it is amended, a failed trial is run again, one is removed, the
// study is noted, tagged, copied and renamed. For every call n of each of these the n-th fails. After each failure the
// storage is as it was before, whole; and the same, done once more, comes to what it would have come to.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/storage/faulty.h"
#include "sterlet/storage/memory/memory.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/study/study.h"
#include "sterlet/study/upkeep.h"
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

studyfile::StudyFile file_of(const std::string& params) {
  auto file = studyfile::parse_study_text(
      study::strategies(),
      "study: s\nobjective: {metric: loss}\nsampler: random\nseed: 3\ncommand: [train]\nparams: " + params + "\n",
      "study.yaml", "/tmp");
  EXPECT_TRUE(file.has_value()) << (file ? "" : file.error().front().message());
  return std::move(*file);
}

constexpr const char* kNarrow = "{x: {type: float, low: 0, high: 1, default: 0.5}}";
constexpr const char* kWide =
    "{x: {type: float, low: 0, high: 2, default: 0.5}, y: {type: int, low: 1, high: 9, default: 2}}";

Study::Options options(storage::Storage& storage) { return {.storage = &storage, .clock = &kClock, .session = "a"}; }

// Two trials that are complete, with curves, and one that has failed.
Result<void> live(storage::Storage& storage) {
  STERLET_TRY(auto study, Study::open(file_of(kNarrow), options(storage)));
  for (int trial = 0; trial < 3; ++trial) {
    STERLET_TRY(const auto claim, study->ask());
    for (std::int64_t step = 1; step <= 2; ++step)
      STERLET_PASS(
          study->report(claim->number, claim->attempt, step, {{"loss", 1.0 / static_cast<double>(step + trial)}}));
    STERLET_PASS(study->tell(claim->number, claim->attempt,
                             trial == 1 ? Outcome{.state = State::kFailed, .reason = "no room"} : Outcome{}));
  }
  return {};
}

Result<storage::StudyRecord> found(storage::Storage& storage) { return find_stored(storage, "s"); }

struct Correction {
  const char* name;
  std::function<Result<void>(storage::Storage&)> make;
};

// In this order, each on what those before it have left.
const std::vector<Correction> kCorrections = {
    {"amend",
     [](storage::Storage& storage) -> Result<void> {
       STERLET_TRY(const auto study, Study::open(file_of(kWide), options(storage), Amend::kYes));
       return {};
     }},
    {"retry",
     [](storage::Storage& storage) -> Result<void> {
       STERLET_TRY(const auto study, Study::open_existing("s", options(storage)));
       return study->by_hand().retry(study->failed_trials());
     }},
    {"rm",
     [](storage::Storage& storage) -> Result<void> {
       STERLET_TRY(const auto study, Study::open_existing("s", options(storage)));
       return study->by_hand().remove(std::vector<std::int64_t>{2});
     }},
    {"note",
     [](storage::Storage& storage) -> Result<void> {
       STERLET_TRY(const auto study, Study::open_existing("s", options(storage)));
       return study->labels().note(0, "a good start", "ada");
     }},
    {"tag",
     [](storage::Storage& storage) -> Result<void> {
       STERLET_TRY(const auto study, Study::open_existing("s", options(storage)));
       return study->labels().tag(0, "baseline", true);
     }},
    {"cp",
     [](storage::Storage& storage) -> Result<void> {
       STERLET_TRY(const auto record, found(storage));
       STERLET_TRY(const auto copy, copy_study(storage, record, "copy", CopyTrials::kYes, kClock));
       return {};
     }},
    {"rename",
     [](storage::Storage& storage) -> Result<void> {
       STERLET_TRY(const auto record, found(storage));
       return rename_study(storage, record, "renamed");
     }},
    {"rm of the study",
     [](storage::Storage& storage) -> Result<void> {
       STERLET_TRY(const auto record, find_stored(storage, "renamed"));
       return remove_study(storage, record);
     }},
};

// All that the storage has of all studies, but for what each has of its own (its identity).
std::vector<std::string> stored(storage::Storage& truth) {
  std::vector<std::string> lines;
  const auto studies = truth.list_studies().value();
  for (const storage::StudyRecord& record : studies) {
    lines.push_back(fmt::format("{}: {}", record.name, record.spec));
    const auto versions = truth.load_spec_versions(record.id).value();
    for (const auto& version : versions)
      lines.push_back(fmt::format("version {} from {}: {}", version.version, version.first_trial, version.spec));
    const auto visit = [&](storage::TrialRow& row) -> Result<void> {
      const storage::TrialRecord& trial = row.record;
      lines.push_back(fmt::format("{} {} attempt {} values {} '{}' {}", trial.number, storage::text_of(trial.state),
                                  trial.attempt, fmt::join(trial.values, " "), trial.reason, row.point));
      const auto reports = truth.load_reports(record.id, trial.number, trial.attempt).value();
      for (const auto& report : reports)
        lines.push_back(fmt::format("  {} {} {}", report.step, report.metric, report.value));
      return {};
    };
    EXPECT_TRUE(truth.visit_trials(record.id, 0, visit));
    const auto notes = truth.notes().load_notes(record.id).value();
    for (const auto& note : notes) lines.push_back(fmt::format("note {}: {}", note.trial.value_or(-1), note.text));
    const auto tags = truth.notes().load_tags(record.id).value();
    for (const auto& tag : tags) lines.push_back(fmt::format("tag {}: {}", tag.trial.value_or(-1), tag.tag));
  }
  return lines;
}

/// A storage on which the first corrections were made.
struct Corrected {
  explicit Corrected(std::size_t count) {
    EXPECT_TRUE(live(failing));
    for (std::size_t i = 0; i < count; ++i) {
      const auto made = kCorrections[i].make(failing);
      EXPECT_TRUE(made) << kCorrections[i].name << ": " << made.error().message();
    }
  }
  std::shared_ptr<storage::MemoryDatabase> database = storage::make_memory_database();
  std::unique_ptr<storage::Storage> truth = storage::connect_memory(database, kClock);
  storage::FaultyStorage failing{storage::connect_memory(database, kClock)};
};

class CorrectionFaults : public testing::TestWithParam<std::size_t> {};

TEST_P(CorrectionFaults, LeaveTheStorageAsItWasAndTheSameCanBeDoneAgain) {
  const Correction& correction = kCorrections[GetParam()];
  SCOPED_TRACE(correction.name);
  Corrected whole(GetParam());
  const auto before = stored(*whole.truth);
  const std::int64_t calls_before = whole.failing.calls();
  ASSERT_TRUE(correction.make(whole.failing));
  const std::int64_t calls = whole.failing.calls() - calls_before;
  const auto after = stored(*whole.truth);
  ASSERT_NE(before, after);
  for (storage::Fault fault : {storage::Fault{}, storage::Fault{.takes_back = true}, storage::Fault{.stays = true}}) {
    for (fault.call = 1; fault.call <= calls; ++fault.call) {
      SCOPED_TRACE(
          fmt::format("the call {} of {} fails, kind {} {}", fault.call, calls, fault.stays, fault.takes_back));
      Corrected study(GetParam());
      study.failing.set_fault(fault);
      const auto made = correction.make(study.failing);
      ASSERT_FALSE(made);
      EXPECT_TRUE(made.error().what.starts_with("the disk is full")) << made.error().message();
      if (made.error().where == "sync") {  // Done, but for a loss of power.
        EXPECT_EQ(stored(*study.truth), after);
        continue;
      }
      ASSERT_EQ(stored(*study.truth), before) << made.error().where;
      study.failing.clear_fault();
      const auto again = correction.make(study.failing);
      ASSERT_TRUE(again) << again.error().message();
      ASSERT_EQ(stored(*study.truth), after);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Each, CorrectionFaults, testing::Range(std::size_t{0}, kCorrections.size()),
                         [](const auto& each) {
                           std::string name = kCorrections[each.param].name;
                           for (char& c : name) c = c == ' ' ? '_' : c;
                           return name;
                         });

}  // namespace
}  // namespace sterlet::study
