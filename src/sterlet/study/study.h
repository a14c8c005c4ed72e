#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"
#include "sterlet/pruners/pruner.h"
#include "sterlet/storage/storage.h"
#include "sterlet/study/budget.h"
#include "sterlet/study/by_hand.h"
#include "sterlet/study/by_run.h"
#include "sterlet/study/claims.h"
#include "sterlet/study/curves.h"
#include "sterlet/study/ledger.h"
#include "sterlet/study/pruner_desk.h"
#include "sterlet/study/registration.h"
#include "sterlet/study/session_desk.h"
#include "sterlet/study/settings.h"
#include "sterlet/study/strategies/strategy.h"
#include "sterlet/study/study_view.h"
#include "sterlet/study/trial.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::study {

/// Ask and tell, the budget and the states of one study, in memory or on a storage: the face of the parts that do it.
/// What is read of it is in StudyView. One thread at a time.
///
/// With a storage every public call is one transaction unless begin() opened a larger one; what a call returned is on
/// the disk once the call (or commit()) returned, unless that is deferred. A call that fails has done nothing, neither
/// on the disk nor in memory. Other processes may work on the same study: each call first takes in what they have
/// changed.
class Study final : public StudyView {
 public:
  using Options = Ledger::Options;

  /// Opens the study of that name in the storage, or creates it. What the file says otherwise than is stored holds from
  /// now on, see create_or_find(); what says anew what is searched, or for what, only with Amend::kYes (else
  /// kBadStudyFile names the first difference). Without storage: a new study.
  static base::Result<std::unique_ptr<Study>> open(studyfile::StudyFile file, const Options& options,
                                                   Amend amend = Amend::kNo);
  /// Whether open() would accept the file: what only the parts of a study can say, such as a sampler that follows one
  /// objective, or an enqueued point that no configuration fits.
  static base::Result<void> validate(const studyfile::StudyFile& file);
  /// Opens an existing study. kNotFound names the nearest.
  static base::Result<std::unique_ptr<Study>> open_existing(const std::string& name, const Options& options);

  /// What a person decides of single trials; what programs name as they run; the study's sessions; notes and tags.
  ByHand& by_hand() { return by_hand_; }
  ByRun& by_run() { return by_run_; }
  SessionDesk& sessions() { return sessions_; }
  using StudyView::labels;
  Labels& labels() { return labels_; }
  /// What opening it has changed of what was stored.
  const std::vector<Difference>& differences() const { return differences_; }

  /// Hints of people and warm starts, as of the last refresh() or transaction.
  const Priors& priors() const { return claims_.priors(); }
  /// Records a hint: see Priors::hint.
  base::Result<PriorRecord> hint(const base::Json& params, double weight);
  /// Records what the good trials of another study say: see warm_start().
  base::Result<PriorRecord> warm(const base::Json& body);
  /// A person does not want a prior followed any more. Errors: as Priors::end.
  base::Result<PriorRecord> forget_prior(std::int64_t number);

  /// Groups all calls until its commit() into one transaction; without that, or after an error, none of them happened.
  /// Without a storage it does nothing.
  base::Result<Ledger::Transaction> begin() { return ledger_.begin(); }
  /// Whether calls, and commit(), return without waiting for the disk (at first they wait): what they stored outlives
  /// every kill of a process, but a loss of power only once sync() returned.
  void defer_sync(bool is_deferred) { ledger_.defer_sync(is_deferred); }
  base::Result<void> sync() { return ledger_.sync(); }
  /// Takes in what other processes have changed.
  base::Result<void> refresh();
  /// As storage::Storage::set_lock_patience.
  void set_lock_patience(std::optional<std::int64_t> milliseconds) {
    if (ledger_.is_stored()) ledger_.storage()->set_lock_patience(milliseconds);
  }

  /// The next trial to run, as the strategy has it. Counts the budget in the same transaction. Nothing if there is none
  /// to hand out: see pause().
  base::Result<std::optional<Claim>> ask();
  Pause pause() const { return pause_; }
  /// What a person should know of the last ask(), in sentences.
  const std::vector<std::string>& remarks() const { return claims_.remarks(); }
  /// Whether this session holds that attempt; false once the trial has ended or another session has taken it. As of the
  /// last begin() or refresh().
  bool is_held(std::int64_t trial, int attempt) const { return ledger_.running(trial, attempt).has_value(); }

  /// Adds one report, and decides whether the trial goes on. That it should not is stored with its reason in the same
  /// transaction: whatever becomes of the process, the trial ends PRUNED, unless it is told COMPLETE or FAILED.
  /// Errors: kConflict where the attempt is not the one that runs.
  base::Result<pruners::Decision> report(std::int64_t trial, int attempt, std::int64_t step,
                                         const std::vector<std::pair<std::string, double>>& metrics);
  base::Result<void> checkpoint(std::int64_t trial, int attempt, const std::string& path,
                                std::optional<std::int64_t> step = std::nullopt);
  /// Ends a trial: see decide_ending(). Errors: kNotFound, kConflict (not running, or another attempt),
  /// kInvalidArgument (wrong number of values).
  base::Result<void> tell(std::int64_t trial, int attempt, Outcome outcome);
  /// Which parameters the caller names: all that the study searches, or those that the trial has.
  enum class Named { kAll, kSome };
  /// Adds a finished trial that was evaluated elsewhere; its curve `reports` may be empty.
  base::Result<std::int64_t> add(const base::Json& params, Outcome outcome, std::span<const StepReport> reports = {},
                                 Named named = Named::kAll);
  /// What documents of the study are written with: see documents.h.
  Ledger& document_ledger() { return ledger_; }
  /// Puts a point (may be partial) at the end of those to be tried next.
  base::Result<void> enqueue(const base::Json& params);
  /// Changes the limits of an existing study.
  base::Result<void> set_budget(const studyfile::Budget& budget);
  /// See Strategy; of a population's members.
  std::vector<std::string> take_spent_checkpoints() { return strategy_->take_spent_checkpoints(); }

 private:
  Study(studyfile::StudyFile file, const Options& options);
  Study(const Study&) = delete;
  base::Result<void> prepare(std::uint64_t seed);
  base::Result<void> take_over(const storage::StudyRecord& record);
  base::Result<std::int64_t> add_at(space::Point point, Outcome outcome, std::span<const StepReport> reports);

  studyfile::StudySpec spec_;
  space::Space space_;
  Ledger ledger_;
  Settings settings_;
  PrunerDesk pruner_;
  Budget budget_;
  Claims claims_;
  std::unique_ptr<Strategy> strategy_;
  Curves curves_;
  ByHand by_hand_;
  ByRun by_run_;
  SessionDesk sessions_;
  Pause pause_ = Pause::kNone;
  std::vector<Difference> differences_;
  Labels labels_;
};

}  // namespace sterlet::study
