#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "sterlet/base/result.h"
#include "sterlet/storage/storage.h"

namespace sterlet::storage {

/// What a FaultyStorage fails, and how.
struct Fault {
  /// Which call fails, counted from set_fault(): 1 is the next. Every call counts that can fail: begin(), commit(),
  /// sync(), and all reading and writing, the live part's too.
  std::int64_t call = 1;
  /// Whether all calls from then on fail, until clear_fault(): a disk that stays full.
  bool stays = false;
  /// Whether the open transaction is taken back with it, as SQLite does where the disk is full: what its owner writes
  /// before he notices is refused.
  bool takes_back = false;
  /// What the failed call returns; `where` becomes its name.
  base::Error error = {.code = base::ErrorCode::kDisk,
                       .where = {},
                       .what = "the disk is full, so the last change was not stored",
                       .next = "free some space"};
};

/// Wraps a storage and fails the n-th call without doing it: for tests of what must hold when a storage fails. Without a
/// fault it is the storage that it wraps.
class FaultyStorage final : public Storage {
 public:
  explicit FaultyStorage(std::unique_ptr<Storage> inner);
  ~FaultyStorage() override;

  void set_fault(const Fault& fault);
  void clear_fault() { fault_.reset(); }
  /// Calls since the beginning: a life without a fault says how many there are to fail.
  std::int64_t calls() const { return calls_; }
  /// Whether the fault has struck.
  bool has_failed() const { return has_failed_; }

  base::Result<void> begin() override;
  base::Result<void> commit() override;
  base::Result<void> sync() override;
  void rollback() override;
  void set_lock_patience(std::optional<std::int64_t> milliseconds) override { inner_->set_lock_patience(milliseconds); }
  base::Result<StudyRecord> create_study(const StudyRecord& study, std::span<const std::string> queue) override;
  base::Result<std::optional<StudyRecord>> find_study(const std::string& name) override;
  base::Result<std::vector<StudyRecord>> list_studies() override;
  base::Result<void> rename_study(std::int64_t study, const std::string& name) override;
  base::Result<void> remove_study(std::int64_t study) override;
  base::Result<void> set_spec(std::int64_t study, const std::string& spec) override;
  base::Result<int> add_spec_version(std::int64_t study, const SpecVersion& version) override;
  base::Result<std::vector<SpecVersion>> load_spec_versions(std::int64_t study) override;
  base::Result<void> request_stop(std::int64_t study, bool requested) override;
  base::Result<bool> is_stop_requested(std::int64_t study) override;
  base::Result<std::int64_t> put_trial(std::int64_t study, const TrialRow& trial, const std::string& event,
                                       std::int64_t wall_ms, const std::string& detail) override;
  base::Result<std::int64_t> put_event(std::int64_t study, const EventRecord& event) override;
  base::Result<std::int64_t> put_reports(std::int64_t study, std::span<const ReportRecord> reports) override;
  base::Result<void> drop_reports(std::int64_t study, std::int64_t trial, int attempt) override;
  base::Result<void> clear_trial(std::int64_t study, std::int64_t trial) override;
  base::Result<std::int64_t> count_trials(std::int64_t study) override;
  base::Result<void> visit_trials(std::int64_t study, std::int64_t since,
                                  const std::function<base::Result<void>(TrialRow&)>& visit) override;
  base::Result<std::vector<ReportRecord>> load_reports(std::int64_t study, std::int64_t trial, int attempt) override;
  base::Result<std::vector<SequencedReport>> load_sequenced_reports(std::int64_t study, std::int64_t since) override;
  base::Result<std::int64_t> last_event(std::int64_t study) override;
  base::Result<std::vector<EventRecord>> load_events(std::int64_t study, std::int64_t since) override;
  base::Result<std::vector<std::string>> load_queue(std::int64_t study) override;
  base::Result<void> push_queue(std::int64_t study, const std::string& params) override;
  base::Result<std::optional<std::string>> pop_queue(std::int64_t study) override;
  base::Result<void> put_session(const SessionRecord& session) override;
  base::Result<std::vector<SessionRecord>> load_sessions(std::int64_t study) override;
  std::int64_t now_ms() override;
  LiveStorage& live() override;
  Documents& documents() override;

  /// The error of this call where it is the one to fail. For the live part and the documents.
  base::Result<void> count_call(const char* name);

 private:
  std::unique_ptr<Storage> inner_;
  std::unique_ptr<LiveStorage> live_;
  std::unique_ptr<Documents> documents_;
  std::optional<Fault> fault_;
  std::int64_t calls_ = 0;
  std::int64_t failing_call_ = 0;
  bool has_failed_ = false;
  bool is_open_ = false;         // A transaction, as its owner knows it.
  bool was_taken_back_ = false;  // ... and the storage has none any more.
};

}  // namespace sterlet::storage
