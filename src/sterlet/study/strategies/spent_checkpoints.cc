#include "sterlet/study/strategies/spent_checkpoints.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

namespace sterlet::study {

using base::Result;
using storage::TurnRecord;

std::vector<std::string> SpentCheckpoints::take() { return std::exchange(spent_, {}); }

void SpentCheckpoints::forget() {
  spent_.clear();
  turn_ = -1;
}

// A trial's row names its last one.
std::set<std::string> SpentCheckpoints::needed() const {
  std::set<std::string> needed;
  std::map<std::int64_t, std::string> newest;
  for (const TurnRecord& turn : ledger_.turns()) {
    if (turn.state == TurnRecord::State::kWaiting || turn.state == TurnRecord::State::kRunning) {
      needed.insert(turn.start);
    }
    if (!turn.end.empty()) newest[turn.trial] = turn.end;
  }
  for (const auto& [trial, path] : newest) needed.insert(path);
  for (const storage::TrialRecord& record : ledger_.trials().records()) needed.insert(record.checkpoint);
  return needed;
}

// Of the intervals before the last two everything has been found already.
void SpentCheckpoints::look() {
  const auto& turns = ledger_.turns();
  const auto settled = std::find_if(turns.rbegin(), turns.rend(),
                                    [](const TurnRecord& turn) { return turn.state != TurnRecord::State::kWaiting; });
  if (settled == turns.rend() || settled->turn == turn_) return;
  turn_ = settled->turn;
  for (const TurnRecord& turn : turns) {
    if (turn.turn + 1 == settled->turn) told_.insert(turn.end);
  }
  const std::set<std::string> still = needed();
  for (const std::string& path : std::exchange(told_, {})) {
    if (!path.empty() && !still.contains(path)) spent_.push_back(path);
  }
}

Result<std::vector<std::string>> SpentCheckpoints::find_all() const {
  std::vector<std::string> spent;
  if (!ledger_.is_stored()) return spent;
  // A turn that waits or runs, perhaps in another process, may write a name anew that it has told before.
  std::map<std::int64_t, int> settled;
  for (const TurnRecord& turn : ledger_.turns()) {
    if (turn.is_over()) settled[turn.trial] = turn.attempt;
  }
  const std::set<std::string> still = needed();
  std::set<std::string> told;
  STERLET_TRY(const auto events, ledger_.storage()->load_events(ledger_.study().id, 0));
  for (const storage::EventRecord& event : events) {
    if (event.kind != "checkpoint" || !event.trial || !settled.contains(*event.trial)) continue;
    if (event.attempt.value_or(0) <= settled[*event.trial]) told.insert(event.detail);
  }
  for (const std::string& path : told) {
    if (!path.empty() && !still.contains(path)) spent.push_back(path);
  }
  return spent;
}

}  // namespace sterlet::study
