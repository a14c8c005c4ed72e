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
/// A process says what of a result its neighbours confirm, m. It cannot tell luck from what is rough by nature. So of
/// the ten lowest results y each counts as m, or where the best third of the rows are far closer to their nearest
/// neighbours than the noise of the process would have them, as m + (1 - s) (y - m), s < 1: the median of
/// (y_i - y_j)^2 / 2 over what it expects is some 0.45 under noise, and a function that has none shows a ratio near 0
/// once trials gather around its optimum. s is that ratio over 0.1. Where it is below 0.03, or the noise is less than
/// 0.15 of the distance from the median to the least result, nothing is said.
/// Of 100 rows and more a process of 40 of them is asked first; nothing is said where it sees less than half of that.
///
/// Edges     fewer than 30 rows, more than 100 columns, equal results: nothing. Of equals the lower result, then the
///           earlier row.
/// Cost      O(n d) for n rows of d columns, and one SmoothProcess of at most 100 rows, some 2 ms, or a sixth of it where
///           there is no noise. With more than 100 it is fitted to the candidates, those that lie nearest to them, and
///           others evenly.
/// Source    the neighbours: Rice: Bandwidth choice for nonparametric regression, Annals of Statistics 12, 1984. What it
///           gained against the least result is in bench/RESULTS.md.
std::optional<LikelyBest> find_likely_best(const ProcessInput& input);

}  // namespace sterlet::analysis
