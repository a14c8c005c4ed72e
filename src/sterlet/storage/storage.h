#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/storage/documents.h"
#include "sterlet/storage/live.h"
#include "sterlet/storage/records.h"

namespace sterlet::storage {

/// Where studies live: the one truth between processes. One thread at a time.
///
/// What a transaction wrote is there for all once commit() returned, or not at all; killing processes takes nothing of
/// it back. On the disk, where a loss of power takes nothing back either, it is once sync() returned: only then is it
/// acknowledged to a person or another machine. Whatever is written outside a transaction is on the disk at once.
///
/// Every change to a trial carries the sequence number of its event; readers follow by visit_trials(study, seq, ...).
/// Errors    kDisk where the file cannot be read or written, kLocked where another program holds it locked too long.
class Storage {
 public:
  virtual ~Storage() = default;

  /// Opens a write transaction; others wait. Not nested.
  virtual base::Result<void> begin() = 0;
  virtual base::Result<void> commit() = 0;
  /// Puts on the disk what was committed; nothing to do where that is done. Others are not locked out meanwhile, so
  /// that one wait of the disk serves all that wait for it (group commit).
  virtual base::Result<void> sync() = 0;
  virtual void rollback() = 0;
  /// How long a call waits for a storage that another program holds locked; nothing: as long as at first.
  virtual void set_lock_patience(std::optional<std::int64_t> /*milliseconds*/) {}

  /// Adds a study and its queue of points. kConflict where the name is taken.
  virtual base::Result<StudyRecord> create_study(const StudyRecord& study, std::span<const std::string> queue) = 0;
  virtual base::Result<std::optional<StudyRecord>> find_study(const std::string& name) = 0;
  virtual base::Result<std::vector<StudyRecord>> list_studies() = 0;
  /// kConflict where the name is taken.
  virtual base::Result<void> rename_study(std::int64_t study, const std::string& name) = 0;
  /// Removes a study with all that is stored of it.
  virtual base::Result<void> remove_study(std::int64_t study) = 0;
  /// Replaces the latest version of the spec.
  virtual base::Result<void> set_spec(std::int64_t study, const std::string& spec) = 0;
  /// Adds a version that holds from `version.first_trial` on, and an event that tells of it; returns its number, one more
  /// than the last.
  virtual base::Result<int> add_spec_version(std::int64_t study, const SpecVersion& version) = 0;
  /// By number.
  virtual base::Result<std::vector<SpecVersion>> load_spec_versions(std::int64_t study) = 0;
  virtual base::Result<void> request_stop(std::int64_t study, bool requested) = 0;
  virtual base::Result<bool> is_stop_requested(std::int64_t study) = 0;

  /// Writes a trial whole (new or known) and the event that changed it; returns the event's number.
  virtual base::Result<std::int64_t> put_trial(std::int64_t study, const TrialRow& trial, const std::string& event,
                                               std::int64_t wall_ms, const std::string& detail) = 0;
  /// Adds an event that changes no trial; its `seq` is given by the storage, and returned.
  virtual base::Result<std::int64_t> put_event(std::int64_t study, const EventRecord& event) = 0;
  /// Adds reports; a metric told twice for one step keeps the later value. Returns the number of the last sequenced
  /// one, 0 if none was.
  virtual base::Result<std::int64_t> put_reports(std::int64_t study, std::span<const ReportRecord> reports) = 0;
  /// Removes all reports of an attempt.
  virtual base::Result<void> drop_reports(std::int64_t study, std::int64_t trial, int attempt) = 0;
  /// Removes all that is stored of a trial beside its row and its events: reports, its model with branches, checkpoints
  /// and logbook, what somebody wanted of it, notes, tags and documents.
  virtual base::Result<void> clear_trial(std::int64_t study, std::int64_t trial) = 0;
  /// How many trials there are; their numbers go from 0 to one less.
  virtual base::Result<std::int64_t> count_trials(std::int64_t study) = 0;
  /// Shows `visit` the trials changed by events after `since`, by number; since = 0: all. One row serves for all:
  /// the visitor takes what it needs. Its first error ends the visit and is returned.
  virtual base::Result<void> visit_trials(std::int64_t study, std::int64_t since,
                                          const std::function<base::Result<void>(TrialRow&)>& visit) = 0;
  /// Reports of a trial's latest attempt (or the given one), by step, then metric.
  virtual base::Result<std::vector<ReportRecord>> load_reports(std::int64_t study, std::int64_t trial, int attempt) = 0;
  /// Sequenced reports after the number `since`, in the order in which they and the events came.
  virtual base::Result<std::vector<SequencedReport>> load_sequenced_reports(std::int64_t study, std::int64_t since) = 0;
  virtual base::Result<std::int64_t> last_event(std::int64_t study) = 0;
  virtual base::Result<std::vector<EventRecord>> load_events(std::int64_t study, std::int64_t since) = 0;

  /// What stands in the queue, the oldest first.
  virtual base::Result<std::vector<std::string>> load_queue(std::int64_t study) = 0;
  virtual base::Result<void> push_queue(std::int64_t study, const std::string& params) = 0;
  /// Takes the oldest point off the queue.
  virtual base::Result<std::optional<std::string>> pop_queue(std::int64_t study) = 0;

  /// Writes a session, new or known, and makes its beat grow by one, whatever `session.beat` is.
  virtual base::Result<void> put_session(const SessionRecord& session) = 0;
  virtual base::Result<std::vector<SessionRecord>> load_sessions(std::int64_t study) = 0;

  /// The storage's own clock, the same for all that use it: milliseconds since 1970 UTC.
  virtual std::int64_t now_ms() = 0;

  /// What it holds beside studies and trials; in this storage's transactions.
  virtual LiveStorage& live() = 0;
  Models& models() { return live(); }
  Turns& turns() { return live(); }
  Mailbox& mailbox() { return live(); }
  Notes& notes() { return live(); }
  virtual Documents& documents() = 0;
};

/// Version of the schema that this program writes.
int schema_version();

}  // namespace sterlet::storage
