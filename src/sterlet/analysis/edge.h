#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "sterlet/analysis/response_model.h"

namespace sterlet::analysis {

/// Results go on getting better towards an end of a coordinate's range.
struct Edge {
  bool is_high = false;   ///< At its high end; else at its low one.
  double confidence = 0;  ///< That the best place is the end or beyond it, in [0.25, 1).
  double gain = 0;  ///< How much better the end is than a fifth of the range before it, in the results' spread; > 0.
};

/// Looks from the eight rows that are expected to be best along an ordered column, at 400 draws of what the models take
/// to be possible there: how many of them are best at the end. Where there is noise that is averaged, in log odds, with where the
/// best place lies if what the column does is a bowl (bowl.h). An edge is what is then likely by a quarter or more, where the end is
/// better than the middle for certain; where a search has gathered a third of the trials near the end, less will do.
///
/// `first`, `last`: the least and the greatest coordinate that a value can have (0 and 1, but for ints of few values).
/// Edges     no models, an optimum inside the range, a coordinate that hardly acts, fewer than two rows in the last fifth: nothing.
std::optional<Edge> find_edge(const ResponseModels& models, const ProcessInput& input, std::size_t column, double first,
                              double last);

}  // namespace sterlet::analysis
