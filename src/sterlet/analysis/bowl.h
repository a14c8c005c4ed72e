#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "sterlet/analysis/response_model.h"

namespace sterlet::analysis {

/// A model in which what an ordered column does on its own is a bowl: it falls to one place, within its range or beyond it, and
/// rises from there, on either side at its own rate.
struct Bowl {
  double log_evidence = 0;  ///< ln p(results) with it, to be compared with the model's own.
  std::vector<double>
      places;  ///< Where its best place may lie: from two fifths of the range before it to as much after it.
  std::vector<double> mass;  ///< Of each of them; together 1.

  /// That the best place is the low end or beyond it, or the high one.
  double at_end(bool is_high) const;
};

/// The process of a model knows little of shapes; this puts bowls of 43 shapes (powers from the fold to the trough, plateaus,
/// logarithms, exponentials) in the place of what the column does on its own there, all else as the process has it. Each
/// shape counts alike before the results, and each place.
///
/// `column` is that of the model, `values` its values, `first` and `last` the ends of its range, first < last.
/// Edges     a covariance that has no factor: nothing.
/// Cost      4 ms for 60 rows; grows as n^2.
std::optional<Bowl> fit_bowl(const ResponseModel& model, std::size_t column, const std::vector<double>& values,
                             double first, double last);

}  // namespace sterlet::analysis
