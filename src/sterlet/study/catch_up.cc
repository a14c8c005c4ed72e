#include "sterlet/study/catch_up.h"

#include <algorithm>

#include <fmt/format.h>

namespace sterlet::study {

namespace {

using base::ErrorCode;
using base::Result;
using storage::State;

constexpr const char* kRestore = "restore it from a copy, or name another file with --storage";
constexpr std::int64_t kGapMax = 10'000;       // Numbers in a row that failed writes may have skipped.
constexpr std::int64_t kReserveMax = 1 << 20;  // Trials that room is made for ahead.

// Earlier versions skipped a number when a write failed, and answered no one with it. It stands for a trial that was
// cancelled. Where an event tells of it, it was there, and the file is damaged.
Result<void> fill_gap(storage::Storage& storage, const storage::StudyRecord& study, const space::Space& space,
                      std::int64_t until, Trials& trials) {
  if (until - trials.next_number() > kGapMax) {
    return base::fail(ErrorCode::kDisk, fmt::format("trial {} is missing in the storage", trials.next_number()),
                      kRestore);
  }
  STERLET_TRY(const auto events, storage.load_events(study.id, 0));
  while (trials.next_number() < until) {
    const std::int64_t number = trials.next_number();
    if (std::any_of(events.begin(), events.end(), [&](const auto& event) { return event.trial == number; })) {
      return base::fail(ErrorCode::kDisk, fmt::format("trial {} is missing in the storage", number), kRestore);
    }
    const base::StreamKey key{.seed = study.seed, .trial = static_cast<std::uint64_t>(number)};
    trials.append({.number = number, .state = State::kCancelled, .reason = "it was never stored, as a write failed"},
                  {.point = space.draw(key)}, "", Trials::Source::kElsewhere);
  }
  return {};
}

}  // namespace

Result<std::int64_t> catch_up(storage::Storage& storage, const storage::StudyRecord& study, const space::Space& space,
                              const Versions& versions, std::int64_t since, Trials& trials) {
  STERLET_TRY(const std::int64_t last, storage.last_event(study.id));
  if (last <= since) return since;
  if (since == 0) {
    STERLET_TRY(const std::int64_t count, storage.count_trials(study.id));
    trials.reserve(static_cast<std::size_t>(std::clamp<std::int64_t>(count, 0, kReserveMax)));
  }
  const auto take_in = [&](storage::TrialRow& row) -> Result<void> {
    const std::int64_t number = row.record.number;
    if (number > trials.next_number()) STERLET_PASS(fill_gap(storage, study, space, number, trials));
    STERLET_TRY(Seen seen, versions.see(storage, study.id, row));
    if (number < trials.next_number()) {
      // Its program took other parameters than it was given; see Ledger::correct().
      if (!(seen.point == trials.point(number))) trials.correct(trials.record(number), std::move(seen.point));
      trials.change(storage::TrialRecord(row.record), row.session, Trials::Source::kElsewhere,
                    std::move(seen.formerly));
    } else {
      trials.append(storage::TrialRecord(row.record), std::move(seen), row.session, Trials::Source::kElsewhere);
    }
    return {};
  };
  STERLET_PASS(storage.visit_trials(study.id, since, take_in));
  return last;
}

}  // namespace sterlet::study
