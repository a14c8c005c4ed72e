#include "sterlet/study/turn_log.h"

#include <algorithm>

#include <fmt/format.h>

namespace sterlet::study {

namespace {

using base::Result;
using storage::TurnRecord;

// Turns are read by their place: interval by interval, each with all its members. Only the first may be growing still.
Result<void> check_places(const std::vector<TurnRecord>& rows, const space::Space& space, std::int64_t trial_count) {
  const auto members = static_cast<std::size_t>(
      std::count_if(rows.begin(), rows.end(), [](const TurnRecord& turn) { return turn.turn == 0; }));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const TurnRecord& turn = rows[i];
    const bool is_whole = members > 0 && rows.size() % members == 0;
    const bool has_place = is_whole && turn.trial == static_cast<std::int64_t>(i % members) &&
                           turn.turn == static_cast<int>(i / members) && turn.trial < trial_count;
    const bool has_parent = !turn.parent || (*turn.parent >= 0 && *turn.parent < static_cast<std::int64_t>(members));
    if (has_place && has_parent && space.from_text(turn.point)) continue;
    return base::fail(base::ErrorCode::kDisk,
                      fmt::format("turn {} of trial {} in the storage does not fit the study", turn.turn, turn.trial),
                      "restore it from a copy, or name another file with --storage");
  }
  return {};
}

}  // namespace

void TurnLog::put(const TurnRecord& turn) {
  if (!before_) before_ = rows_;
  const auto place = std::find_if(rows_.begin(), rows_.end(), [&](const TurnRecord& known) {
    return std::pair(known.turn, known.trial) >= std::pair(turn.turn, turn.trial);
  });
  if (place != rows_.end() && place->turn == turn.turn && place->trial == turn.trial) {
    *place = turn;
  } else {
    rows_.insert(place, turn);
  }
}

Result<void> TurnLog::replace(std::vector<TurnRecord> rows, const space::Space& space, std::int64_t trial_count) {
  rows_ = std::move(rows);
  return check_places(rows_, space, trial_count);
}

void TurnLog::close(bool is_committed) {
  if (!is_committed && before_) rows_ = std::move(*before_);
  before_.reset();
}

}  // namespace sterlet::study
