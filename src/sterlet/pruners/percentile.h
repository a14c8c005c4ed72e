#pragma once

#include <cstdint>
#include <memory>

#include "sterlet/pruners/pruner.h"
#include "sterlet/pruners/study_facts.h"

namespace sterlet::pruners {

struct PercentileOptions {
  double percentile = 25;           ///< In (0, 100). Trials in this best part of those at the same step continue.
  std::int64_t startup_trials = 5;  ///< >= 1. No decision at a step that fewer other trials have reached.
  std::int64_t warmup_steps = 0;    ///< >= 0. No decision up to this step.
  std::int64_t interval = 1;        ///< >= 1. Decisions only every so many steps after the warm-up.
};

/// Stops a trial whose best value so far is worse than a percentile of what the others' best was at the same step.
///
/// Works in  one ordered list a step that a trial reported.
/// Edges     a trial with nothing but NaN is the worst; equal values are never pruned.
/// Cost      O(log n) a report, 16 bytes of memory each.
/// Source    Golovin et al.: Google Vizier: a service for black-box optimization, KDD 2017, section 3.2.2 (median).
/// Departs   from Optuna in comparing best with best: the others' raw values at a step are worse than their best so far
///           where curves are noisy, so the trial's best passes too easily. All others that were at the step count, not
///           only finished ones: with many workers decisions start earlier.
std::unique_ptr<Pruner> make_percentile(const PercentileOptions& options, const StudyFacts& facts);

}  // namespace sterlet::pruners
