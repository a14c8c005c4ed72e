#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "sterlet/analysis/response_model.h"

namespace sterlet::analysis {

/// Results go on getting better towards an end of a coordinate's range.
struct Edge {
  bool is_high = false;   ///< At its high end; else at its low one.
  double confidence = 0;  ///< That the best place is the end, in (0.5, 1).
  double gain = 0;  ///< How much better the end is than a fifth of the range before it, in the results' spread; > 0.
};

/// Looks from the eight rows that are expected to be best along an ordered column, at 400 draws of what the models take
/// to be possible there: whether most of them are best in the last tenth of the range, some at its very end, and the end is
/// better than the middle, for certain and by more than a third of the results' spread.
///
/// `first`, `last`: the least and the greatest coordinate that a value can have (0 and 1, but for ints of few values).
/// Edges     no models, an optimum inside the range, a coordinate that hardly acts, fewer than two rows in the last fifth: nothing.
std::optional<Edge> find_edge(const ResponseModels& models, const ProcessInput& input, std::size_t column, double first,
                              double last);

}  // namespace sterlet::analysis
