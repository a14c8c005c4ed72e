#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sterlet/analysis/pedanova.h"
#include "sterlet/analysis/trial_table.h"
#include "sterlet/space/history.h"
#include "sterlet/space/space.h"

namespace sterlet::doctor {

/// Finished trials of a study as numbers, for one objective: a row a trial, a column a dimension that has more than one
/// value.
///
/// Rows are COMPLETE trials with a finite value (of repeats the mean, once), and PRUNED ones whose final value was
/// predicted. Values are to be minimised; those further than ten interquartile ranges from the middle half are drawn in
/// to there, so that a diverged training does not stand for all the variance there is. They are told in a unit of their own
/// size, so that the squares of none, be it 1e-300 or 1e300, come to 0 or to infinity.
struct Evidence {
  std::vector<std::size_t> dimensions;  ///< Of the space, one a column.
  analysis::TrialTable table;
  double unit = 1;                   ///< Of the table's results; a power of two, so that none is rounded.
  std::vector<std::int64_t> trials;  ///< Their numbers, one a row.
  std::vector<bool> is_complete;     ///< One a row.
};
Evidence gather(const space::Space& space, const space::History& history, std::size_t objective);

/// A point as the table has it.
std::vector<double> coordinates(const space::Space& space, const std::vector<std::size_t>& dimensions,
                                const space::Point& point);

/// The same dimensions as PED-ANOVA counts them, of COMPLETE trials alone; `results` gets theirs.
std::vector<analysis::GridColumn> gather_grid(const space::Space& space, const space::History& history,
                                              const Evidence& evidence, std::vector<double>& results);

/// x on the coordinate that the scale makes even: x, ln x, or -ln(1 - x).
double on_scale(space::Scale scale, double value);

}  // namespace sterlet::doctor
