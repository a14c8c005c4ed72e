#include "sterlet/study/sessions.h"

#include <algorithm>
#include <utility>

namespace sterlet::study {

storage::SessionRecord new_session_record(const std::string& session, const base::Clock& clock) {
  const base::ProcessIdentity process = base::this_process();
  const std::int64_t now = clock.wall_ms();
  return {.id = session,
          .host = process.host,
          .pid = process.pid,
          .pid_start = process.start,
          .started_ms = now,
          .beat_ms = now};
}

SessionWatch::SessionWatch(const base::Clock& clock, Probe probe) : clock_(clock), probe_(std::move(probe)) {}

Liveness SessionWatch::look(const storage::SessionRecord& session) {
  if (session.ended) return Liveness::kGone;
  switch (probe_({.host = session.host, .pid = session.pid, .start = session.pid_start})) {
    case base::Presence::kRunning:
      return Liveness::kAlive;
    case base::Presence::kGone:
      return Liveness::kGone;
    case base::Presence::kEarlierBoot:
      // After a reboot nobody should have to wait for the grace: here the clock is the one that wrote the time.
      if (clock_.wall_ms() - session.beat_ms >= kGraceMs) return Liveness::kGone;
      return look_at_beat(session);
    case base::Presence::kUnreadable:
    case base::Presence::kElsewhere:
      return look_at_beat(session);
  }
  return Liveness::kUnknown;
}

Liveness SessionWatch::look_at_beat(const storage::SessionRecord& session) {
  const std::int64_t now = clock_.steady_ms();
  const auto [entry, is_new] = seen_.try_emplace(session.id, Seen{.beat = session.beat, .looked_ms = now});
  if (is_new) return Liveness::kUnknown;
  Seen& seen = entry->second;
  if (session.beat != seen.beat) {
    seen = {.beat = session.beat, .looked_ms = now, .has_grown = true};
    return Liveness::kAlive;
  }
  seen.still_ms += std::min(now - std::exchange(seen.looked_ms, now), kLookMaxMs);
  if (seen.still_ms >= kGraceMs) return Liveness::kGone;
  return seen.has_grown ? Liveness::kAlive : Liveness::kUnknown;
}

base::Result<std::vector<storage::SessionRecord>> sessions_at_work(storage::Storage& storage, std::int64_t study,
                                                                   SessionWatch& watch, const std::string& own) {
  STERLET_TRY(auto sessions, storage.load_sessions(study));
  std::erase_if(sessions,
                [&](const auto& session) { return session.id == own || watch.look(session) == Liveness::kGone; });
  return sessions;
}

base::Result<std::set<std::int64_t>> abandoned_trials(const Study& study, storage::Storage& storage,
                                                      SessionWatch& watch) {
  std::set<std::int64_t> trials;
  STERLET_TRY(const auto sessions, sessions_at_work(storage, study.storage_id(), watch));
  std::set<std::string> others;
  for (const storage::SessionRecord& session : sessions) others.insert(session.id);
  for (const storage::TrialRecord& record : study.records()) {
    if (record.state != storage::State::kRunning) continue;
    const std::string session = study.session_of(record.number);
    // Without a session: an old version's ask-tell, of which nothing is known.
    if (!session.empty() && !others.contains(session)) trials.insert(record.number);
  }
  return trials;
}

}  // namespace sterlet::study
