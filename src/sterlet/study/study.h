#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sterlet/base/clock.h"
#include "sterlet/base/json.h"
#include "sterlet/base/result.h"
#include "sterlet/population/population.h"
#include "sterlet/pruners/registry.h"
#include "sterlet/samplers/registry.h"
#include "sterlet/space/history.h"
#include "sterlet/storage/storage.h"
#include "sterlet/study/ledger.h"
#include "sterlet/studyfile/schedule.h"
#include "sterlet/studyfile/spec.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::study {

/// A trial handed out to be run.
struct Claim {
  std::int64_t number = 0;
  int attempt = 1;
  space::Point point;
  std::string checkpoint;               ///< Last one of an earlier attempt; empty: none.
  std::vector<base::Json> agenda;       ///< Messages of the channel, each with the step ("at") from which it holds.
  std::optional<std::int64_t> seed_of;  ///< Trial whose seed its program gets, where not its own.
  bool is_exact = false;                ///< The point counts over what the checkpoint remembers.
};

/// What became of a trial.
struct Outcome {
  storage::State state = storage::State::kComplete;  ///< COMPLETE, PRUNED, FAILED, LOST or CANCELLED.
  std::vector<double> values;                        ///< One an objective; may be empty, then the last reports count.
  std::vector<double> constraints;                   ///< Feasible when all are <= 0.
  std::string reason;
  /// With LOST: its program alone was killed from outside. After three times without a step further it is FAILED.
  bool is_killed = false;
};

/// A trial as readers see it; its params are, of a member of a population, those of its latest interval.
struct TrialView {
  storage::TrialRecord record;
  space::Origin origin = space::Origin::kRandom;
  base::Json params;
};

/// Why a study hands out no trial now.
enum class Pause {
  kNone,       ///< It does hand out trials.
  kTrials,     ///< The budget of trials is used up.
  kTime,       ///< The budget of time is used up.
  kTarget,     ///< The target is reached.
  kSpace,      ///< Every configuration of the space has been tried.
  kFailures,   ///< Too many failed trials in a row.
  kRequested,  ///< Somebody asked it to stop.
  kTrained,    ///< Every member of the population is trained.
  kUnfit,      ///< The program does not do what the strategy needs: see unfit().
};
std::string_view text_of(Pause pause);

/// Ask and tell, the budget and the states of one study, in memory or on a storage. One thread at a time.
///
/// With a storage every public call is one transaction unless begin() opened a larger one; what a call returned is on
/// the disk once the call (or commit()) returned, unless that is deferred. A call that fails has done nothing, neither
/// on the disk nor in memory. Other processes may work on the same study: each call first takes in what they have
/// changed.
class Study final : private Derived {
 public:
  using Options = Ledger::Options;

  /// Opens the study of that name in the storage, or creates it. An existing one must have the same spec, but for
  /// budget, workers and folder (kConflict names the first difference). Without storage: a new study.
  static base::Result<std::unique_ptr<Study>> open(studyfile::StudyFile file, const Options& options);
  /// Opens an existing study. kNotFound names the nearest.
  static base::Result<std::unique_ptr<Study>> open_existing(const std::string& name, const Options& options);

  /// Groups all calls until its commit() into one transaction; without that, or after an error, none of them happened.
  /// Without a storage it does nothing.
  base::Result<Ledger::Transaction> begin() { return ledger_.begin(); }
  /// Whether calls, and commit(), return without waiting for the disk (at first they wait): what they stored outlives
  /// every kill of a process, but a loss of power only once sync() returned.
  void defer_sync(bool is_deferred) { ledger_.defer_sync(is_deferred); }
  base::Result<void> sync() { return ledger_.sync(); }

  /// The next trial to run: a lost one again, an enqueued point, the defaults, or the sampler's suggestion. Counts the
  /// budget in the same transaction. Nothing if there is none to hand out: see pause().
  base::Result<std::optional<Claim>> ask();
  Pause pause() const { return pause_; }
  /// What the program does not do, in a sentence; set where the pause is kUnfit.
  const std::string& unfit() const { return unfit_; }

  /// Adds one report, and decides whether the trial goes on. That it should not is stored with its reason in the same
  /// transaction: whatever becomes of the process, the trial ends PRUNED, unless it is told COMPLETE or FAILED.
  /// Errors: kConflict where the attempt is not the one that runs.
  base::Result<pruners::Decision> report(std::int64_t trial, int attempt, std::int64_t step,
                                         const std::vector<std::pair<std::string, double>>& metrics);
  base::Result<void> checkpoint(std::int64_t trial, int attempt, const std::string& path,
                                std::optional<std::int64_t> step = std::nullopt);
  /// Ends a trial. COMPLETE without values takes the last reported ones; with a NaN, or none at all, the trial is
  /// FAILED. Errors: kNotFound, kConflict (not running, or another attempt), kInvalidArgument (wrong number of values).
  base::Result<void> tell(std::int64_t trial, int attempt, const Outcome& outcome);
  /// Adds a finished trial that was evaluated elsewhere; `reports`, steps with values of the first objective, may be
  /// empty.
  base::Result<std::int64_t> add(const base::Json& params, const Outcome& outcome,
                                 std::span<const std::pair<std::int64_t, double>> reports = {});
  /// Puts a point (may be partial) at the end of those to be tried next.
  base::Result<void> enqueue(const base::Json& params);

  /// Starts a trial at a point of the caller's choice, beside the sampler's sequence and the budget. Within a
  /// transaction, as restate().
  base::Result<Claim> start_at(space::Point point, space::Origin origin);
  /// Runs a trial that is not finished again, as a further attempt held by this session. Errors: kConflict where it is
  /// finished.
  base::Result<Claim> take_over(std::int64_t trial);
  /// Makes these the reports of the running attempt: what was told of a line of training that was left does not count.
  base::Result<void> restate(std::int64_t trial, int attempt, const std::vector<storage::ReportRecord>& reports);

  /// RUNNING trials of sessions whose process is gone become LOST. `is_alive` tells of a session whether it lives.
  base::Result<std::vector<std::string>> collect_lost(
      const std::function<bool(const storage::SessionRecord&)>& is_alive);
  /// Stores that this session lives; called at least every 10 s while trials run.
  base::Result<void> beat(storage::SessionRecord session);
  /// Takes in what other processes have changed.
  base::Result<void> refresh();
  /// Changes the limits of an existing study.
  base::Result<void> set_budget(const studyfile::Budget& budget);

  const studyfile::StudySpec& spec() const { return spec_; }
  const space::Space& space() const { return space_; }
  const space::History& history() const { return ledger_.history(); }
  std::uint64_t seed() const { return seed_; }
  std::int64_t storage_id() const { return ledger_.study().id; }
  std::int64_t created_ms() const { return ledger_.study().created_ms; }
  /// Seconds that sessions of this study have run, this one's included.
  double seconds_used() const;

  /// By trial number; points and origins are in the history.
  const std::vector<storage::TrialRecord>& records() const { return ledger_.records(); }
  TrialView view(std::int64_t trial) const;
  /// What view() gives as parameters.
  space::Point point_of(std::int64_t trial) const;
  /// Session that runs a trial, or ran it last; empty where it is final, or none ever did.
  std::string session_of(std::int64_t trial) const { return ledger_.session_of(trial); }
  /// Trials at one point, where repeats are on.
  struct Setting {
    std::int64_t first = 0;            ///< Its first trial, whatever became of it.
    std::vector<std::int64_t> trials;  ///< Those that are COMPLETE.
    std::vector<double> values;        ///< Their means; empty where there are none.
    std::vector<double> constraints;   ///< Likewise.
    double squares = 0;                ///< Squared deviations of the first objective from its mean, summed.
    std::int64_t under_way = 0, failed = 0;
  };
  /// What is known of a trial's setting from its repeats.
  struct Assurance {
    std::vector<std::int64_t> trials;      ///< The runs that count.
    std::vector<double> values;            ///< Their means.
    std::optional<double> standard_error;  ///< Of the first mean; nothing before some setting was run twice.
    std::optional<double> probability;     ///< That it is the best of all; only of the best, with one objective.
  };
  /// The setting of a trial, and its first trial.
  Setting setting(std::int64_t trial) const { return setting_at(first_run(trial)); }
  std::int64_t first_run(std::int64_t trial) const { return ledger_.first_run(trial); }
  /// Of the mean of a setting's first objective, the noise being that of all settings; nothing where there are several
  /// objectives, none of its runs is complete, or no setting was run twice. Cost O(1) where nothing changed.
  std::optional<double> standard_error(const Setting& setting) const;
  /// Nothing where repeats are off, or no run of it is complete. Cost O(n), and for the best
  /// analysis::probability_of_best.
  std::optional<Assurance> assurance(std::int64_t trial) const;
  /// Whether it is one of an earlier trial.
  bool is_repeat(std::int64_t trial) const { return ledger_.is_repeat(trial); }

  /// With strategy: pbt, what each member was trained with, by interval, then member; else empty.
  const std::vector<storage::TurnRecord>& turns() const { return ledger_.turns(); }
  const std::optional<population::Options>& population_options() const { return population_; }
  /// Paths of a population's checkpoints, as its programs told them, that no member can need any more and nothing
  /// stored names: those of intervals that are settled, but for the newest of each member and what copies begin from.
  /// Each is handed out once. To be asked after a sync; who deletes them looks where they lie.
  std::vector<std::string> take_spent_checkpoints() { return std::exchange(spent_checkpoints_, {}); }
  /// The same of earlier sessions, which may have been killed before they deleted theirs; between begin() and commit().
  /// Cost: all events.
  base::Result<std::vector<std::string>> find_spent_checkpoints() const;
  /// Best finished trials: one for a single objective (the earliest of equals), else the Pareto front by number. With
  /// duplicates: average, a trial's value is the mean over all at its point; with repeats, a setting is named by its
  /// first complete trial, and a single objective's best is the one that analysis::find_best_arm finds. Infeasible
  /// trials do not count.
  std::vector<std::int64_t> best() const;
  /// The objective values of a trial as best() sees them.
  std::vector<double> values_of(std::int64_t trial) const;
  /// The value that a running trial has reported last for each objective, NaN where none.
  std::vector<double> last_reported(std::int64_t trial) const;

 private:
  struct Race;

  Study(studyfile::StudyFile file, const Options& options);
  base::Result<void> prepare(std::uint64_t seed);
  base::Result<void> make_pruner();
  void changed(const Change& change) override;
  void restarted() override;
  void closed(bool is_committed) override;
  base::Result<std::optional<Claim>> ask_within();
  base::Result<std::optional<Claim>> next_claim();
  base::Result<std::optional<Claim>> retry_lost();
  base::Result<std::optional<Claim>> promote_paused();
  base::Result<void> settle_paused();
  base::Result<std::set<std::int64_t>> raised_by_hand();
  base::Result<bool> is_killed_in_place(const storage::TrialRecord& record);
  const storage::TurnRecord* running_turn(std::int64_t trial) const;
  std::set<std::string> needed_checkpoints() const;
  void find_spent_in_interval();
  base::Result<Claim> start_new(samplers::Suggestion suggestion, std::int64_t known_seq);
  base::Result<std::optional<Claim>> ask_member();
  base::Result<std::optional<Claim>> retry_lost_turn();
  base::Result<Claim> begin_turn(storage::TurnRecord turn, const std::string& event);
  base::Result<bool> begin_next_interval();
  base::Result<std::optional<Outcome>> end_turn(const storage::TrialRecord& record, const Outcome& outcome);
  base::Result<void> put_aside(storage::TrialRecord record, const std::string& reason);
  std::vector<base::Json> turn_agenda(const storage::TurnRecord& turn) const;
  base::Result<void> plan_replay(Claim& claim) const;
  base::Result<Claim> run_again(storage::TrialRecord record, const std::string& event);
  base::Result<std::optional<samplers::Suggestion>> next_point(std::int64_t number);
  base::Result<space::Point> complete(const std::string& queued, std::int64_t number) const;
  base::Result<space::Point> complete_alone(const base::Json& params) const;
  std::optional<samplers::Suggestion> sample(std::int64_t number);
  std::optional<samplers::Suggestion> repeat() const;
  Pause find_pause() const;
  std::optional<std::int64_t> search_budget() const;
  Setting setting_at(std::int64_t first) const;
  std::vector<Setting> settings() const;
  const Race& race() const;
  void take_in_setting(std::int64_t trial);
  bool is_target_reached(std::int64_t trial) const;
  std::optional<std::int64_t> next_repeat() const;
  std::optional<std::int64_t> next_of_race() const;
  std::vector<std::int64_t> best_setting() const;
  base::Result<void> catch_up_pruner();
  base::Result<pruners::Decision> judge(std::int64_t trial, std::int64_t step, double value);
  void tell_ending(std::int64_t trial);
  base::Result<void> put_pruned(storage::TrialRecord record);
  base::Result<std::vector<double>> stored_values(const storage::TrialRecord& record);

  studyfile::StudySpec spec_;
  space::Space space_;
  Ledger ledger_;
  std::uint64_t seed_ = 0;
  std::unique_ptr<samplers::Sampler> sampler_;
  std::unique_ptr<pruners::Pruner> pruner_;  // Null: none. Knows everything up to judged_seq_.
  std::int64_t judged_seq_ = 0;
  std::set<std::int64_t> unjudged_endings_;        // Trials that others, or earlier sessions, have ended since.
  std::optional<population::Options> population_;  // With strategy: pbt.
  struct TurnNews;
  TurnNews& news_of(std::int64_t trial);
  struct TurnNews {
    std::vector<std::pair<std::int64_t, double>> reports;
    std::map<std::int64_t, std::string> checkpoints;
  };
  std::map<std::int64_t, TurnNews> turn_news_;  // Of members that this process trains.
  std::map<std::int64_t, TurnNews> news_before_;  // Of those that the open transaction has changed.
  std::set<std::string> told_checkpoints_;      // Since the last interval was settled, by this process.
  std::vector<std::string> spent_checkpoints_;
  int spent_turn_ = -1;  // Interval whose end was looked at for them.
  std::string unfit_;
  std::optional<studyfile::Schedule> replay_;  // With strategy: replay.
  std::set<std::int64_t> paused_;              // Trials put aside at a rung that may be promoted.
  bool is_pruner_behind_ = true;               // Others may have reported since it was told last.
  std::set<std::int64_t> open_settings_;       // First trials of settings that may be repeated.
  // Memo of what the settings' runs say; null: none. Shared, so that only study_repeats.cc needs the type.
  mutable std::shared_ptr<const Race> race_;
  Pause pause_ = Pause::kNone;
  std::optional<std::uint64_t> configuration_count_;
  std::uint64_t distinct_count_ = 0;
  std::int64_t failures_in_a_row_ = 0;
  std::int64_t lost_count_ = 0;
  std::int64_t cancelled_count_ = 0;
  bool target_reached_ = false;
  double earlier_seconds_ = 0;
  std::int64_t started_steady_ms_ = 0;
};

}  // namespace sterlet::study
