#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "sterlet/pruners/pruner.h"

namespace sterlet::pruners {

struct WilcoxonOptions {
  double p_threshold = 0.1;        ///< In (0, 1). A smaller p-value ends the trial.
  std::int64_t startup_steps = 5;  ///< >= 1. No decision on fewer pairs.
};

/// For trials whose steps are not epochs but instances (folds, data sets, seeds): stops a trial that is worse than the
/// best one on the instances that both have done, by a paired signed-rank test.
///
/// Works in  differences to the best complete trial at equal steps, which may come in any order.
/// Edges     equal pairs count half for each side; NaN is worse than any number. A trial whose mean over all it has
///           reported is no worse than the best trial's final value is never pruned, nor is one that has reported as
///           many instances as the best trial: it is at its end. The test is repeated at every
///           report, so over a whole trial it errs more often than p_threshold says.
/// Cost      O(m log m) for m pairs, plus O(m^3) where m <= 50 and the exact distribution is used.
/// Source    Wilcoxon: Individual comparisons by ranking methods, Biometrics Bulletin 1, 1945; for pruning as
///           in Optuna.
std::unique_ptr<Pruner> make_wilcoxon(const WilcoxonOptions& options);

/// One-sided p-value that differences are above 0, zeros split between the signs: exact for at most 50 differences
/// without ties or zeros, else by the normal distribution with correction for ties. NaN and infinities rank last. 1 for
/// no differences.
double signed_rank_p_value(std::span<const double> differences);

}  // namespace sterlet::pruners
