#pragma once

#include <cstdint>
#include <vector>

#include "sterlet/analysis/forest.h"

namespace sterlet::analysis {

/// How much of the results' variance over the space each coordinate is responsible for, alone and in pairs.
struct Fanova {
  struct Pair {
    std::size_t first = 0, second = 0;  ///< Columns, first < second.
    Estimate share;
  };
  std::vector<Estimate> shares;  ///< One a column: of the variance, by this coordinate alone.
  std::vector<Pair> pairs;       ///< By two together, beyond what each does alone; the strongest first.
  double variance = 0;           ///< Of the results without noise, over the space.
};

/// Functional analysis of variance of a forest.
///
/// V_U is the variance of the part of the function that depends on the coordinates U and on no fewer; shares are
/// V_U / V, V the variance over the space, drawn uniformly on the parameters' scales wherever the trials were. Parts
/// are exact for the trees (Marginals); what is left beyond pairs is measured at 512 points. The trees flatten weak
/// parts more than strong ones, so each part is then scaled by least squares against trials that its models have not
/// seen.
///
/// Conditions  a coordinate that is active in a share p of the space has p times its variance where it is active: its
///             part in the variance of configurations. With momentum for sgd alone, half of the space, that is half of
///             what it does to sgd; the choice of sgd itself counts for the optimizer.
/// Intervals   1.6 standard deviations of the models, plus what they leave unexplained of it, as far as that is no
///             noise: 0.5 min(unexplained, 0.02 + 30 / n).
/// Pairs       of the 12 columns that the trees use most.
/// Edges       no trials, equal results: all shares 0.
/// Cost        140 ms with the forest for 1,000 trials of 10 columns.
/// Source      Hutter, Hoos, Leyton-Brown: An efficient approach for assessing hyperparameter importance, ICML 2014.
/// Departs     with boosted trees, the scaling, the means of all models' parts, and conditions.
Fanova analyse_variance(const TrialTable& table, const Forest& forest, std::uint64_t seed);

}  // namespace sterlet::analysis
