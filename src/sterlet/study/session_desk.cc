#include "sterlet/study/session_desk.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "sterlet/study/archive.h"
#include "sterlet/study/ending.h"

namespace sterlet::study {

using base::Result;

Result<void> SessionDesk::beat(storage::SessionRecord session) {
  if (!ledger_.is_stored()) return {};
  session.study_id = ledger_.study().id;
  session.used_ms = budget_.own_ms();
  session.beat_ms = ledger_.clock().wall_ms();
  return within(ledger_,
                [&] { return ledger_.store([&](storage::Storage& storage) { return storage.put_session(session); }); });
}

Result<void> SessionDesk::leave(storage::SessionRecord session) {
  session.ended = true;
  auto ended = beat(std::move(session));
  return !ended && ended.error().code == base::ErrorCode::kLocked ? Result<void>() : ended;
}

Result<std::vector<std::string>> SessionDesk::collect_lost(
    const std::function<bool(const storage::SessionRecord&)>& is_alive) {
  return within(ledger_, [&]() -> Result<std::vector<std::string>> {
    std::vector<std::string> gone;
    // What a newer version makes of a lost trial is not ours to say.
    if (!ledger_.is_stored() || ledger_.versions().is_outdated()) return gone;
    STERLET_TRY(const auto sessions, ledger_.storage()->load_sessions(ledger_.study().id));
    std::vector<std::string> alive;
    for (const storage::SessionRecord& session : sessions) {
      if (session.id == ledger_.session() || (!session.ended && is_alive(session))) {
        alive.push_back(session.id);
      } else if (!session.ended) {
        gone.push_back(session.id);
      }
    }
    for (std::int64_t trial = 0; trial < ledger_.trials().next_number(); ++trial) {
      const storage::TrialRecord& record = ledger_.trials().record(trial);
      if (record.state != storage::State::kRunning) continue;
      const std::string session = ledger_.trials().session_of(trial);
      if (std::find(alive.begin(), alive.end(), session) != alive.end()) continue;
      if (std::find(gone.begin(), gone.end(), session) == gone.end()) gone.push_back(session);
      EndingFacts facts{.now_ms = ledger_.clock().wall_ms()};
      if (!record.reason.empty()) {
        STERLET_TRY(facts.reported, stored_values(ledger_, record));
      }
      STERLET_PASS(pruner_.end(decide_loss(record, facts)));
    }
    return gone;
  });
}

Result<void> SessionDesk::end(const std::vector<std::string>& gone) {
  if (gone.empty() || !ledger_.is_stored()) return {};
  return within(ledger_, [&]() -> Result<void> {
    STERLET_TRY(auto sessions, ledger_.storage()->load_sessions(ledger_.study().id));
    for (storage::SessionRecord& session : sessions) {
      if (session.ended || std::find(gone.begin(), gone.end(), session.id) == gone.end()) continue;
      session.used_ms = used_ms_of(session, ledger_.clock().wall_ms());
      session.ended = true;
      STERLET_PASS(ledger_.store([&](storage::Storage& storage) { return storage.put_session(session); }));
    }
    return {};
  });
}

}  // namespace sterlet::study
