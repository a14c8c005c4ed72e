#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "sterlet/base/clock.h"
#include "sterlet/base/process.h"
#include "sterlet/base/result.h"
#include "sterlet/storage/records.h"
#include "sterlet/storage/storage.h"
#include "sterlet/study/study.h"

namespace sterlet::study {

enum class Liveness {
  kAlive,
  kGone,
  kUnknown,  ///< Not watched for long enough to say.
};

/// A session of this process for the storage, as of now.
storage::SessionRecord new_session_record(const std::string& session, const base::Clock& clock);

/// Tells of the sessions of a study which of them still live.
///
/// A session whose process can be looked at from here lives as long as the process. Another one (on another machine, in
/// another container, of another user under hidepid) is judged by its beat: it is gone once the beat has not grown for
/// kGraceMs of this watch's own time. No clock of another host, no set clock and no suspend of this machine matters;
/// the price is that an unseen session that is dead is kUnknown until the grace is over.
class SessionWatch final {
 public:
  static constexpr std::int64_t kGraceMs = 60000;
  /// Between two looks at most so much counts: a watch that was stopped, or locked out, itself has seen nothing.
  static constexpr std::int64_t kLookMaxMs = 10000;
  using Probe = std::function<base::Presence(const base::ProcessIdentity&)>;

  /// The clock is borrowed.
  explicit SessionWatch(const base::Clock& clock, Probe probe = base::presence_of);

  /// Looks at a session as it is stored now. To be asked every few seconds; how often does not matter.
  Liveness look(const storage::SessionRecord& session);

 private:
  struct Seen {
    std::int64_t beat = 0;
    std::int64_t looked_ms = 0;
    std::int64_t still_ms = 0;  // How long the beat has not grown.
    bool has_grown = false;
  };
  Liveness look_at_beat(const storage::SessionRecord& session);

  const base::Clock& clock_;
  Probe probe_;
  std::map<std::string, Seen> seen_;
};

/// Sessions of a study that live, or of which one look cannot say that they are gone; `own` is left out.
base::Result<std::vector<storage::SessionRecord>> sessions_at_work(storage::Storage& storage, std::int64_t study,
                                                                   SessionWatch& watch, const std::string& own = {});

/// RUNNING trials, by number, whose session is gone: "its tuner is gone". The next tune, resume or ask-tell runs them
/// again. Trials of a session that cannot be judged at one look are left out, see SessionWatch.
base::Result<std::set<std::int64_t>> abandoned_trials(const Study& study, storage::Storage& storage,
                                                      SessionWatch& watch);

}  // namespace sterlet::study
