#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sterlet::storage {

/// States of a trial. COMPLETE, PRUNED, FAILED and CANCELLED are final; LOST (its process or machine went away) is
/// started again by itself, up to the study's retries. REMOVED: a person took it out of the study; its number alone is
/// left, which no other trial gets.
enum class State { kWaiting, kRunning, kPaused, kComplete, kPruned, kFailed, kLost, kCancelled, kRemoved };

std::string_view text_of(State state);
std::optional<State> state_from_text(std::string_view text);

/// Why a trial without a result may still be promoted. The code reads this alone, never the words of `reason`.
enum class Suspension {
  kNone,
  kPutAside,     ///< A pruner decided so: RUNNING until its program has ended, then PAUSED.
  kNotPromoted,  ///< PRUNED because the study ended first; comes back where a larger budget promotes it.
};

/// "", "put_aside", "not_promoted".
std::string_view text_of(Suspension suspension);
std::optional<Suspension> suspension_from_text(std::string_view text);

struct StudyRecord {
  std::int64_t id = 0;
  std::string name;
  std::string spec;  ///< JSON.
  std::uint64_t seed = 0;
  std::int64_t created_ms = 0;
  bool stop_requested = false;
  /// Hexadecimal digits that tell it from a study of the same name in another database. Empty where it is created: the
  /// storage draws one.
  std::string identity;
};

/// What a study was from one trial on. Version 1 is what it was created with; StudyRecord::spec is the latest.
struct SpecVersion {
  int version = 0;               ///< From 1; given by the storage.
  std::int64_t first_trial = 0;  ///< The first trial that it holds for.
  std::string spec;              ///< JSON.
  std::int64_t created_ms = 0;
  std::int64_t seq = 0;  ///< Its event, "amend", by the storage; what has lower numbers came before it. 0: version 1.
  bool operator==(const SpecVersion&) const = default;
};

/// What became of a trial.
struct TrialRecord {
  std::int64_t number = 0;
  State state = State::kRunning;
  std::vector<double> values;  ///< As told, one an objective; may hold NaN.
  std::vector<double> constraints;
  std::int64_t last_step = 0;
  int attempt = 0;               ///< The latest; 0 before the first.
  std::int64_t history_seq = 0;  ///< Events up to this one were known when the point was suggested.
  std::string predicted;         ///< What the sampler said of the point: value, low, high, note. JSON; or empty.
  std::string checkpoint;        ///< Path of the last one told.
  std::string reason;            ///< Why it failed, was pruned or lost; a sentence for people.
  Suspension suspension = Suspension::kNone;
  bool is_unstarted = false;  ///< FAILED as its program could not be started: the budget does not count it.
  std::int64_t created_ms = 0, started_ms = 0, ended_ms = 0;
  std::int64_t changed_seq = 0;  ///< Event that changed it last; set by visit_trials alone.
};

/// One trial's row: its record, and what a reader of very many trials keeps in another way or not at all.
struct TrialRow {
  TrialRecord record;
  std::string origin;    ///< space::text_of.
  std::string point;     ///< Space::text_of.
  std::string session;   ///< Who holds the lease on it while RUNNING.
  int spec_version = 1;  ///< Of the study's spec; `point` and `record.values` are in its terms.
};

/// One metric of one report.
struct ReportRecord {
  std::int64_t trial = 0;
  int attempt = 1;
  std::int64_t step = 0;
  std::string metric;
  double value = 0;
  bool is_sequenced = false;  ///< Takes a number of the study's events, so that load_sequenced_reports gives it.
};

/// A sequenced report as it was told first, whatever was told for its step later.
struct SequencedReport {
  std::int64_t seq = 0;
  std::int64_t trial = 0;
  std::int64_t step = 0;
  double value = 0;
};

/// A running (or ended) supervisor of a study: while its beat grows it holds the lease of all trials it runs.
struct SessionRecord {
  std::string id;
  std::int64_t study_id = 0;
  std::string host;  ///< Name and boot of the machine.
  std::int64_t pid = 0;
  std::string pid_start;  ///< Tells the process from a later one of the same number.
  std::int64_t started_ms = 0;
  std::int64_t beat_ms = 0;  ///< When it wrote last, by its own clock: for people to read, not to be compared.
  bool ended = false;
  std::int64_t used_ms = 0;  ///< How long it has run; the time budget of a study is the sum over its sessions.
  std::int64_t beat = 0;     ///< Grows with each put_session(), by the storage.
};

struct EventRecord {
  std::int64_t seq = 0;
  std::int64_t wall_ms = 0;
  std::string kind;
  std::optional<std::int64_t> trial;
  std::optional<int> attempt;
  std::string detail;
};

}  // namespace sterlet::storage
