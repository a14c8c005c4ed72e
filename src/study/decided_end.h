#pragma once

#include <string_view>

#include "sterlet/storage/records.h"

namespace sterlet::study {

/// How the reason of a trial begins that was put aside and not stopped for good.
inline constexpr std::string_view kPausedMark = "paused: ";

/// What a running trial becomes whose end was decided: PAUSED if it was put aside and may go on, else PRUNED. One whose
/// program ended and left no checkpoint has none to offer; one that was torn away may only not have come to it, and is
/// run from its beginning if it is promoted: so that nobody drops out of a rung because a machine did.
inline storage::State decided_end(const storage::TrialRecord& record, bool is_torn_away) {
  const bool may_go_on = record.reason.starts_with(kPausedMark) && (is_torn_away || !record.checkpoint.empty());
  return may_go_on ? storage::State::kPaused : storage::State::kPruned;
}

}  // namespace sterlet::study
