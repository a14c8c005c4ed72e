#pragma once

#include <cstddef>
#include <optional>

#include "sterlet/analysis/smooth_process.h"

namespace sterlet::analysis {

/// Which of some results is expected to be the least, where each is partly luck.
struct LikelyBest {
  std::size_t index = 0;          ///< Its row.
  double expected = 0;            ///< What it would be without the luck.
  double expected_of_lowest = 0;  ///< The same of the row with the least result.
  double noise = 0;               ///< Standard deviation of a result's luck.
};

/// Finds the row that is expected to be the best. Nothing where the noise is small or not known: then the least result
/// stands. To be minimised; results are finite.
///
/// A process says what of a result its neighbours confirm; of the ten lowest results that one is named whose confirmed part
/// is the lowest. A process cannot tell luck from what is rough by nature for certain. So nothing is said where the noise
/// is less than 0.15 of the distance from the median to the least result; nor where a process that has hardly any noise
/// explains the results nearly as well (a log evidence of at most 1 less); nor where the best third of the rows are far
/// closer to their nearest neighbours than the noise would have them: the median of (y_i - y_j)^2 / 2 over what the
/// process expects is some 0.45 under noise, and below 0.01 once trials gather around the optimum of a function that
/// has none.
///
/// Edges     fewer than 20 rows, more than 100 columns, equal results: nothing. Of equals the lower result, then the
///           earlier row.
/// Cost      two SmoothProcesses of at most 100 rows, some 20 ms, and O(n d) for n rows of d columns: with more than 100
///           they are fitted to the candidates, those that lie nearest to them, and others evenly.
/// Source    the neighbours: Rice: Bandwidth choice for nonparametric regression, Annals of Statistics 12, 1984. What it
///           gained against the least result is in bench/RESULTS.md.
std::optional<LikelyBest> find_likely_best(const ProcessInput& input);

}  // namespace sterlet::analysis
