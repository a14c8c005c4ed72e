#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/population/population.h"
#include "sterlet/study/budget.h"
#include "sterlet/study/claims.h"
#include "sterlet/study/ledger.h"
#include "sterlet/study/trial.h"
#include "sterlet/studyfile/schedule.h"

namespace sterlet::study {

/// The parts of a study that its strategy works with.
struct Parts {
  Ledger& ledger;
  Claims& claims;
};

/// How a study trains: what it hands out next, and what the end of an attempt means to it. What it must remember beyond
/// the ledger it derives from it, as a follower of the ledger's changes. Calls but for the const ones come within a
/// transaction.
class Strategy : public Derived {
 public:
  /// How many trials the sampler will see; nothing: no limit.
  virtual std::optional<std::int64_t> trial_budget(const studyfile::StudySpec& spec) const {
    return search_budget(spec);
  }
  /// Whether the study ends once every configuration of its space has been tried.
  virtual bool counts_configurations() const { return true; }

  /// Whether trials that were evaluated elsewhere may join.
  virtual bool takes_added() const { return true; }

  /// The next attempt to be run. `pause` says why no new trial is begun, and afterwards why nothing was handed out.
  virtual base::Result<std::optional<Claim>> next(Pause& pause) = 0;
  /// The first objective was reported.
  virtual void reported(std::int64_t /*trial*/, std::int64_t /*step*/, double /*value*/) {}
  virtual base::Result<void> checkpointed(std::int64_t /*trial*/, const std::string& /*path*/,
                                          std::optional<std::int64_t> /*step*/) {
    return {};
  }
  /// Whether a trial ends with its attempt, of which this was told; `told` becomes what is told of the trial. `record` is
  /// the ledger's: valid until something is written.
  virtual base::Result<bool> ended(const storage::TrialRecord& /*record*/, Outcome& /*told*/) { return true; }

  /// The first of the attempts that train from where the present one does.
  virtual int first_attempt(std::int64_t /*trial*/) const { return 1; }
  /// What a trial is, or was last, trained with; nothing: its own point.
  virtual std::optional<space::Point> point_of(std::int64_t /*trial*/) const { return std::nullopt; }
  /// Where members of a population are trained: how.
  virtual std::optional<population::Options> population() const { return std::nullopt; }
  /// What a trial was trained with, by step; nothing: with its own point all the time.
  virtual std::optional<studyfile::Schedule> schedule_of(std::int64_t /*trial*/) const { return std::nullopt; }
  /// What the program does not do, in a sentence; empty: nothing is known to be missing.
  virtual std::string unfit() const { return {}; }
  /// Paths of checkpoints, as programs told them, that nothing needs any more. Each is handed out once.
  virtual std::vector<std::string> take_spent_checkpoints() { return {}; }
  /// The same of earlier sessions.
  virtual base::Result<std::vector<std::string>> find_spent_checkpoints() const { return std::vector<std::string>(); }

  void changed(const Change& /*change*/) override {}
  void restarted() override {}
};

}  // namespace sterlet::study
