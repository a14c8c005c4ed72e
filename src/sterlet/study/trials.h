#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sterlet/space/history.h"
#include "sterlet/storage/records.h"
#include "sterlet/study/versions.h"
#include "sterlet/studyfile/spec.h"

namespace sterlet::study {

/// One change of a trial, as what is derived from a ledger is told of it.
struct Change {
  storage::State before = storage::State::kWaiting;  ///< Of a trial that is new: WAITING.
  bool was_unstarted = false;                        ///< It was FAILED as its program could not be started.
  const storage::TrialRecord& now;
  bool is_new = false;        ///< The trial was unknown.
  bool is_elsewhere = false;  ///< Another process, or an earlier session, made it.
};

/// What is derived from a ledger's trials and kept beside it.
class Derived {
 public:
  virtual ~Derived() = default;
  /// Called after the ledger has taken the change in, in the order of the changes.
  virtual void changed(const Change& change) = 0;
  /// Nothing that was told holds any longer; what does hold follows in calls of changed().
  virtual void restarted() = 0;
  /// The open transaction was committed, or taken back (then after restarted(), if anything had been changed).
  virtual void closed(bool /*is_committed*/) {}
};

/// The trials of one study in memory: their records, what samplers see of them, who runs them, and what they reported
/// last. Those that derive something from them are told of each change. It knows no storage.
///
/// Between open() and close() a journal keeps what was changed, as it was before, so that close() can take it back.
/// Only the ledger changes trials.
class Trials final {
 public:
  enum class Source { kHere, kElsewhere };

  /// Borrows the spec for its life.
  explicit Trials(const studyfile::StudySpec& spec) : spec_(spec) {}
  /// Borrowed for its life.
  void add_derived(Derived& derived) { derived_.push_back(&derived); }

  /// By trial number.
  const std::vector<storage::TrialRecord>& records() const { return records_; }
  const storage::TrialRecord& record(std::int64_t trial) const { return records_[static_cast<std::size_t>(trial)]; }
  /// The number that the next trial gets.
  std::int64_t next_number() const { return static_cast<std::int64_t>(records_.size()); }
  const space::History& history() const { return history_; }
  const space::Observation& observation(std::int64_t trial) const {
    return history_.trials()[static_cast<std::size_t>(trial)];
  }
  const space::Point& point(std::int64_t trial) const { return observation(trial).point; }
  /// Session that runs a trial, or ran it last; empty where it is final, or none ever did.
  const std::string& session_of(std::int64_t trial) const;
  /// The value that a running trial has reported last for each objective, NaN where none; null: it reported none.
  const std::vector<double>* last_reported(std::int64_t trial) const;
  /// What a trial of another version of the spec was then; null: no change of the spec concerns it.
  const Formerly* formerly(std::int64_t trial) const;
  /// Whether it lies outside what is searched now: see Formerly.
  bool is_outside(std::int64_t trial) const;
  /// Trials at a trial's point, ascending; of one outside, itself.
  std::vector<std::int64_t> twins(std::int64_t trial) const;
  /// The first trial at a trial's point.
  std::int64_t first_run(std::int64_t trial) const {
    return is_outside(trial) ? trial : history_.first_at(point(trial));
  }
  /// With repeats: whether it runs an earlier trial's point again.
  bool is_repeat(std::int64_t trial) const { return spec_.repeats.is_on() && first_run(trial) != trial; }

  /// Makes room for so many in all.
  void reserve(std::size_t count);
  /// Adds the next trial. `session`: who runs it, or ran it last; without one, its times say nothing.
  void append(storage::TrialRecord&& record, Seen&& seen, std::string_view session, Source source);
  /// Replaces a trial's record, and what it was formerly. A new attempt has reported nothing yet.
  void change(storage::TrialRecord&& record, std::string_view session, Source source,
              std::optional<Formerly>&& formerly);
  /// Replaces a trial's point, and its record but for what became of it. Samplers see a new history. Cost O(n).
  void correct(storage::TrialRecord record, space::Point point);
  /// Gives all points so many dimensions; further ones are absent. Likewise.
  void fit_points(std::size_t dimensions);
  /// A running trial has reported these, too; as (metric, value).
  void add_report(std::int64_t trial, std::int64_t step, std::span<const std::pair<std::string, double>> metrics);
  /// What it has reported so far does not count.
  void restart_reports(std::int64_t trial);
  /// Replaces what samplers see of a trial by the mean of `runs` runs.
  void show_mean(std::int64_t trial, std::vector<double> minimised, std::vector<double> constraints, std::int64_t runs);

  /// Begins the journal.
  void open() { journal_ = Journal{.count = records_.size(), .trials = {}}; }
  /// Ends it; unless `is_committed`, everything is as it was at open().
  void close(bool is_committed);

 private:
  // What was changed, as it was before.
  struct Before {
    storage::TrialRecord record;
    space::Observation observation;
    std::optional<std::string> session;
    std::optional<std::vector<double>> last_reported;
    std::optional<Formerly> formerly;
  };
  struct Journal {
    std::size_t count = 0;                  // Trials.
    std::map<std::int64_t, Before> trials;  // Of those that were there.
  };

  void remember(std::int64_t trial);
  void see(const Change& change, std::string_view session);
  void undo(Journal journal);
  void renew_history(std::vector<space::Observation> known);
  void tell(const Change& change) {
    for (Derived* derived : derived_) derived->changed(change);
  }

  const studyfile::StudySpec& spec_;
  std::vector<Derived*> derived_;
  std::vector<storage::TrialRecord> records_;
  space::History history_;
  std::map<std::int64_t, std::string> sessions_;               // Of trials that are not final.
  std::map<std::int64_t, std::vector<double>> last_reported_;  // Of running trials, one an objective.
  std::map<std::int64_t, Formerly> formerly_;                  // Of trials of other versions of the spec.
  std::optional<Journal> journal_;
};

}  // namespace sterlet::study
