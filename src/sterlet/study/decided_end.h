#pragma once

#include <string_view>

#include "sterlet/space/history.h"
#include "sterlet/storage/records.h"

namespace sterlet::study {

/// How the reason of a trial begins that was put aside and not stopped for good.
inline constexpr std::string_view kPausedMark = "paused: ";

/// How the reason of such a trial begins once the study has ended without promoting it. It is PRUNED, but comes back
/// where a larger budget brings it among the best of its rung.
inline constexpr std::string_view kNotPromotedMark = "not promoted before the study ended (";

/// Whether no attempt of it follows, but where a pruner put it aside: see is_put_aside().
inline bool is_final(storage::State state) {
  return state == storage::State::kComplete || state == storage::State::kPruned || state == storage::State::kFailed ||
         state == storage::State::kCancelled;
}

/// Whether a pruner put it aside, and it may be promoted. PAUSED for another reason belongs to whoever paused it.
inline bool is_put_aside(const storage::TrialRecord& record) {
  return (record.state == storage::State::kPaused && record.reason.starts_with(kPausedMark)) ||
         (record.state == storage::State::kPruned && record.reason.starts_with(kNotPromotedMark));
}

/// What a running trial becomes whose end was decided: PAUSED if it was put aside and may go on, else PRUNED. One whose
/// program ended and left no checkpoint has none to offer; one that was torn away may only not have come to it, and is
/// run from its beginning if it is promoted: so that nobody drops out of a rung because a machine did.
inline storage::State decided_end(const storage::TrialRecord& record, bool is_torn_away) {
  const bool may_go_on = record.reason.starts_with(kPausedMark) && (is_torn_away || !record.checkpoint.empty());
  return may_go_on ? storage::State::kPaused : storage::State::kPruned;
}

/// What samplers and pruners take a trial in that state for.
inline space::Outcome outcome_of(storage::State state) {
  switch (state) {
    case storage::State::kWaiting:
    case storage::State::kRunning:
    case storage::State::kPaused:
    case storage::State::kLost:
      return space::Outcome::kPending;
    case storage::State::kComplete:
      return space::Outcome::kComplete;
    case storage::State::kPruned:
      return space::Outcome::kPruned;
    case storage::State::kFailed:
      return space::Outcome::kFailed;
    case storage::State::kCancelled:
      return space::Outcome::kVoid;
  }
  return space::Outcome::kVoid;
}

/// The event of a trial that became LOST because its program alone was killed, and how often in a row that may happen
/// without a step further.
inline constexpr std::string_view kKilledEvent = "killed";
inline constexpr int kKillsInPlaceMax = 3;

}  // namespace sterlet::study
