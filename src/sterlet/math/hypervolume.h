#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "sterlet/math/pareto.h"

namespace sterlet::math {

/// Volume of the part of space that some row weakly dominates and that lies below `reference` (finite, one number an
/// objective). Rows that do not lie below it in every objective add nothing, and so do dominated ones and repeats. Rows
/// must not hold minus infinity.
/// Cost O(n log n) for up to 2 objectives; 3: a sweep over a staircase, O(n log n) comparisons; more: exponential in
/// the number of objectives at worst, some 0.1 ms for 100 rows of 4 objectives.
/// Source While, Bradstreet, Barone: A fast way of calculating exact hypervolumes, IEEE TEC 16, 2012 (WFG with slices).
double hypervolume(const ObjectiveRows& points, std::span<const double> reference);

/// How much each row adds to the volume of the others: 0 for dominated rows and for rows that are there twice. Computed
/// from the part that the others leave of the row's own box, not as a difference of two large volumes.
/// Cost O(n log n) for up to 2 objectives, else n hypervolumes.
std::vector<double> hypervolume_contributions(const ObjectiveRows& points, std::span<const double> reference);

/// `count` rows (all, if there are fewer), in the order of choice: each time the one that adds most to the volume of
/// those chosen before, the lower index among equals. Reaches at least 1 - 1/e of the best subset's volume.
/// Cost some n + count log n hypervolumes of up to `count` rows: a row's gain can only shrink, so that old gains bound
/// it.
/// Source Guerreiro, Fonseca, Paquete: Greedy hypervolume subset selection in low dimensions, Evol. Comput. 24, 2016.
std::vector<std::size_t> hypervolume_subset(const ObjectiveRows& points, std::span<const double> reference,
                                            std::size_t count);

/// A reference point for rows that came without one: in each objective, over the finite rows of the front, the worst
/// value plus a tenth of the range; where the range is 0, plus a tenth of the value's size, or 0.1 where that is 0 too.
/// All 0.1 where there is no finite row.
std::vector<double> default_reference(const ObjectiveRows& points);

}  // namespace sterlet::math
