#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sterlet/analysis/trial_table.h"

namespace sterlet::analysis {

/// One coordinate as PED-ANOVA counts it: on a grid between its bounds.
struct GridColumn {
  std::vector<double> values;  ///< One a trial, on the parameter's scale, or the index of the choice; NaN: not active.
  double low = 0, high = 1;    ///< On that scale; low < high unless steps is 1.
  std::size_t steps = 50;      ///< >= 1. Places of the grid; of an unordered coordinate its choices.
  bool ordered = true;
};

/// How many places PED-ANOVA gives an ordered coordinate: 50, or as many as it has values where those are fewer; an int
/// on a log scale has one for each doubling of its range, and two more.
std::size_t grid_steps(double low, double high, double step, bool is_log_int);

/// How much each coordinate decides whether a trial is among the best tenth.
///
/// The importance of a coordinate is a divergence of Pearson, between its density over the best tenth of the trials and
/// that over all of them, each a Parzen estimate with one kernel a place of the grid. With conditions: (share of the
/// best in which it is active)^2 / (share of all) of it; coordinates active in fewer than 2 trials get 0.
///
/// Shapes    `results`: one a trial, finite, the smaller the better; equals of the last of the best are among them.
/// Edges     no more than 1 trial: all 0.
/// Cost      O(n + 50^2) a coordinate; 1 ms for 10,000 trials of 10.
/// Source    Watanabe, Bansal, Hutter: PED-ANOVA, IJCAI 2023, with Conditional PED-ANOVA, arXiv 2601.20800, in the
///           constants of Optuna 5.0.0 (PedAnovaImportanceEvaluator()), whose figures it gives.
std::vector<double> ped_anova(std::span<const GridColumn> columns, std::span<const double> results);

/// The same as shares of their sum, with intervals from trials drawn with repetition; all 0 where the sum is.
std::vector<Estimate> ped_anova_shares(std::span<const GridColumn> columns, std::span<const double> results,
                                       std::uint64_t seed);

}  // namespace sterlet::analysis
