#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sterlet/base/clock.h"
#include "sterlet/base/result.h"
#include "sterlet/space/history.h"
#include "sterlet/storage/storage.h"
#include "sterlet/study/trials.h"
#include "sterlet/study/turn_log.h"
#include "sterlet/study/versions.h"
#include "sterlet/studyfile/spec.h"

namespace sterlet::study {

/// The records of one study: what is stored, in memory as well, and the only place that writes it.
///
/// Memory is what the storage says. With a storage, writing needs an open transaction: a value that takes everything
/// back, in the storage and in memory, unless its commit() succeeded. Without a storage, calls that write cannot fail.
///
/// It has more functions than other classes: a third of them only name a member, and every write of a study passes
/// through here, so that none is left out where a transaction is taken back.
class Ledger final {
 public:
  struct Options {
    storage::Storage* storage = nullptr;  ///< Borrowed for the ledger's life; null: in memory.
    const base::Clock* clock = nullptr;   ///< Null: the system's.
    std::string session;                  ///< Mark of this process among the study's; empty without a storage.
    /// Whether the time between a trial's claim and its end is what the trial took, so that samplers may learn from it.
    bool is_timed = true;
  };

  /// Borrows the spec and the space for its life.
  Ledger(const studyfile::StudySpec& spec, const space::Space& space, Options options);

  /// From now on it is this study's ledger; refresh() reads what is stored of its trials.
  base::Result<void> bind(storage::StudyRecord study);
  /// From now on the turns of a population are kept in memory, too.
  void keep_turns() { keeps_turns_ = true; }
  /// See Trials. Borrowed for the ledger's life.
  void add_derived(Derived& derived) { trials_.add_derived(derived); }

  /// See below. One that was moved from, or made without a storage, does nothing.
  class [[nodiscard]] Transaction final {
   public:
    Transaction() = default;
    Transaction(Transaction&& other) noexcept
        : ledger_(std::exchange(other.ledger_, nullptr)), is_joined_(other.is_joined_), writes_(other.writes_) {}
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction() { take_back(); }

    /// Stores everything since begin(); of a joined one, with the outer one's commit. After an error nothing of it
    /// happened. Where only the wait for the disk failed, everything did, and a later sync() waits again.
    base::Result<void> commit();

   private:
    friend class Ledger;
    Transaction(Ledger* ledger, bool is_joined, std::int64_t writes)
        : ledger_(ledger), is_joined_(is_joined), writes_(writes) {}
    void take_back() noexcept;

    Ledger* ledger_ = nullptr;  // Null: it is over.
    bool is_joined_ = false;
    std::int64_t writes_ = 0;  // Of the ledger, when it began.
  };

  /// Locks other writers out and takes in what they have changed; within an open transaction, joins it. One that joined
  /// and was taken back after it had written takes the outer one with it.
  base::Result<Transaction> begin();
  /// Takes in what other processes have changed.
  base::Result<void> refresh();
  /// Whether commit() returns without waiting for the disk (at first it waits).
  void defer_sync(bool is_deferred) { is_sync_deferred_ = is_deferred; }
  base::Result<void> sync();

  const storage::StudyRecord& study() const { return study_; }
  const studyfile::StudySpec& spec() const { return spec_; }
  /// What the study was from which trial on. spec() is one of them, the last unless somebody has changed it since.
  const Versions& versions() const { return versions_; }
  const space::Space& space() const { return space_; }
  const base::Clock& clock() const { return *clock_; }
  const std::string& session() const { return session_; }
  bool is_stored() const { return storage_ != nullptr; }
  /// To read from what is not kept in memory; null without a storage. Only the ledger writes.
  storage::Storage* storage() const { return storage_; }
  /// How often something was written; what failed counts.
  std::int64_t writes() const { return writes_; }

  /// Grows when something was read that others have written, or taken back: what is kept beside the trials may differ.
  std::int64_t reads() const { return reads_; }

  const Trials& trials() const { return trials_; }
  /// The last event that memory holds.
  std::int64_t seen_seq() const { return seen_seq_; }
  /// By interval, then member; empty where they are not kept.
  const std::vector<storage::TurnRecord>& turns() const { return turns_.rows(); }
  /// The record, never null, of a trial whose `attempt` this session runs; valid until the next write. Errors: kNotFound;
  /// kConflict where it is another's.
  base::Result<const storage::TrialRecord*> running(std::int64_t trial, int attempt) const;

  /// Adds the next trial, held by this session. `record.number` is the next one.
  base::Result<void> append(storage::TrialRecord&& record, space::Point point, space::Origin origin,
                            std::string_view event, std::string_view detail);
  /// Writes a trial's record and the event that changed it.
  base::Result<void> put(storage::TrialRecord&& record, std::string_view event, std::string_view detail);
  /// The same of a further attempt; from now on this session holds the trial.
  base::Result<void> take(storage::TrialRecord&& record, std::string_view event, std::string_view detail);
  /// Gives a trial the point that it really has. Samplers see a new history. Cost O(n).
  base::Result<void> correct(std::int64_t trial, space::Point point);
  /// The spec and the space that it borrows have gained or lost parameters at their end: so have all points. Cost O(n).
  void fit_points();
  /// Adds one report of a running trial; `is_sequenced`: the first objective's is one that pruners hear of. Returns the
  /// number of that one, 0 if there is none.
  base::Result<std::int64_t> put_report(std::int64_t trial, int attempt, std::int64_t step,
                                        std::span<const std::pair<std::string, double>> metrics, bool is_sequenced);
  /// Makes these the reports of an attempt.
  base::Result<void> restate(std::int64_t trial, int attempt, const std::vector<storage::ReportRecord>& reports);
  base::Result<void> put_turn(const storage::TurnRecord& turn);
  /// Writes an event that changes no trial.
  base::Result<void> put_event(const std::string& kind, const std::string& detail);
  /// Writes what memory does not keep: `write` gets the storage and returns a Result. Without one it is not called.
  template <typename Write>
  base::Result<void> store(Write write) {
    STERLET_PASS(begin_write());
    if (storage_ != nullptr) STERLET_PASS(checked(write(*storage_)));
    return {};
  }
  /// Whether somebody asked the study to stop, as stored.
  base::Result<bool> read_stop_request();
  /// See Trials; nothing is written.
  void show_mean(std::int64_t trial, std::vector<double> minimised, std::vector<double> constraints,
                 std::int64_t runs) {
    trials_.show_mean(trial, std::move(minimised), std::move(constraints), runs);
  }

 private:
  // Of the open transaction.
  struct Open {
    std::int64_t seen_seq = 0;  // As they were when it began.
    bool stop_requested = false;
    bool is_broken = false;  // It cannot be committed any more.
  };

  base::Result<void> commit();
  void take_back() noexcept;
  base::Result<void> write(storage::TrialRecord& record, const space::Point& point, space::Origin origin,
                           const Formerly* formerly, const std::string& session, std::string_view event,
                           std::string_view detail);
  base::Result<void> change(storage::TrialRecord&& record, std::string session, std::string_view event,
                            std::string_view detail);
  base::Result<void> begin_write();
  // A write that failed may have been done by halves: what it was part of is taken back.
  template <typename Written>
  Written checked(Written written) {
    open_->is_broken = open_->is_broken || !written;
    return written;
  }

  const studyfile::StudySpec& spec_;
  const space::Space& space_;
  storage::Storage* storage_;
  const base::Clock* clock_;
  std::string session_;
  bool is_timed_;

  storage::StudyRecord study_;
  Versions versions_;
  Trials trials_;
  TurnLog turns_;
  bool keeps_turns_ = false;
  std::int64_t seen_seq_ = 0;

  std::optional<Open> open_;
  bool is_sync_deferred_ = false;
  std::int64_t writes_ = 0, reads_ = 0;
};

/// What `body` returns, a Result; where it is no error, it is committed. Of within() alone.
template <typename Body>
auto run_within(Ledger& ledger, Ledger::Transaction transaction, Body& body) -> decltype(body()) {
  const std::int64_t writes = ledger.writes();
  auto result = body();
  if (result) {
    if (auto committed = transaction.commit(); !committed) result = base::fail(std::move(committed).error());
  } else {
    STERLET_CHECK(ledger.is_stored() || ledger.writes() == writes, "in memory a call that fails has written nothing");
  }
  return result;
}

/// Runs `body`, which returns a Result, in a transaction; taken back where it fails.
template <typename Body>
auto within(Ledger& ledger, Body body) -> decltype(body()) {
  STERLET_TRY(auto transaction, ledger.begin());
  return run_within(ledger, std::move(transaction), body);
}

}  // namespace sterlet::study
