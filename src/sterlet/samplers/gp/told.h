#pragma once

#include <cstddef>
#include <vector>

#include "sterlet/samplers/families.h"
#include "sterlet/samplers/gp/surface.h"
#include "sterlet/samplers/unit_table.h"
#include "sterlet/space/history.h"

namespace sterlet::samplers {

/// Trials up to which hyperparameters are learned afresh each time.
inline constexpr std::size_t kGpAlwaysFit = 32;

/// What a history says, trial by trial.
struct GpTrials {
  std::vector<std::size_t> trials;  ///< That have ended, by number.
  std::vector<bool> settled, feasible;
  std::vector<std::size_t> pending;
  std::size_t created = 0, good = 0, constraints = 0;
  std::size_t failures_in_row = 0;  ///< The latest ones.
  std::size_t best_ties = 0;        ///< Good trials whose values all equal the best one's.
};

/// Trials that hyperparameters are learned from are settled. While there are few, all that have ended. Later those
/// among the first N_k, with N_k growing by a twelfth at a time and staying behind by the number of trials still
/// running, so that a late result seldom changes them: which fit holds is a question of what the history is now, not of
/// when anybody asked.
GpTrials read_trials(const space::History& history, std::size_t objectives);

/// The same of the trials of a family alone. `table`: every trial's coordinates.
GpTrials trials_in(const Family& family, const GpTrials& all, const UnitTable& table, const space::History& history);

/// Whether at least `count` values are known, not all equal.
bool has_values_to_learn(const GpTrials& told, const space::History& history, std::size_t count);

/// What a surface is told of one objective: of a pruned trial with one objective what it was on the way to, which says
/// more than where it was when it was cut short.
std::vector<GpTold> objective_rows(const space::History& history, const GpTrials& told, std::size_t objective,
                                   std::size_t objectives);

/// 1 where a trial failed, -1 where it did not. As the objective's worst values instead, failures by chance spoilt its
/// surface, and a region that fails was found more slowly: regret of random search's at 25 and 100 trials, three
/// functions with failures, 6 seeds: 0.23, 0.11 then, 0.14, 0.00 so.
std::vector<GpTold> failure_rows(const space::History& history, const GpTrials& told, std::size_t objectives);

/// Trials that say nothing of the constraint are left out.
std::vector<GpTold> constraint_rows(const space::History& history, const GpTrials& told, std::size_t constraint);

}  // namespace sterlet::samplers
