#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "sterlet/analysis/smooth_process.h"

namespace sterlet::analysis {

/// Results go on getting better towards an end of a coordinate's range.
struct Edge {
  bool is_high = false;   ///< At its high end; else at its low one.
  double confidence = 0;  ///< That they do, in (0.5, 1).
  double gain = 0;        ///< How much better the last fifth of the range is than where it begins; > 0.
};

/// Looks from the eight rows that are expected to be best along an ordered column: whether the prediction falls over the
/// last fifth of the range, more likely than not, is nowhere better than at the end, and for certain worse in the middle.
///
/// `first`, `last`: the least and the greatest coordinate that a value can have (0 and 1, but for ints of few values).
/// Edges     an optimum inside the range, a coordinate that hardly acts: nothing.
std::optional<Edge> find_edge(const SmoothProcess& process, const ProcessInput& input, std::size_t column, double first,
                              double last);

}  // namespace sterlet::analysis
