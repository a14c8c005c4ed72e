#pragma once

#include <span>
#include <vector>

#include "sterlet/samplers/elites.h"
#include "sterlet/samplers/warp.h"
#include "sterlet/space/space.h"

namespace sterlet::samplers {

/// The part of the space that one level of `refine` samples: an interval of the unit cube for each ordered dimension,
/// after the warp of a suspect scale (warp.h); chances of the choices for each unordered one.
struct Box {
  int level = 0;                             ///< 0: the whole space.
  std::vector<double> low, high;             ///< One a dimension, 0 <= low < high <= 1; [0, 1] if unordered.
  std::vector<std::vector<double>> chances;  ///< One a dimension, of each choice; empty if ordered.

  double half(std::size_t dimension) const { return (high[dimension] - low[dimension]) / 2; }
  double centre(std::size_t dimension) const { return (high[dimension] + low[dimension]) / 2; }
  bool operator==(const Box&) const = default;
};

Box whole_box(const space::Space& space);

/// What the next box is made from.
struct BoxEvidence {
  const Elites& elites;
  std::vector<std::vector<double>> units;        ///< Of each elite: its coordinates, warped, NaN where inactive.
  std::vector<std::vector<std::int64_t>> tries;  ///< One a dimension: finished trials at each choice; empty if ordered.
  double failed_share = 0;                       ///< Of the trials inside the last box.
  bool is_last = false;                          ///< No box follows: integers may become single values.
};

/// The box after `last`, which came after `before`. For an ordered dimension j with elites at u_i, weights w_i:
///
///   centre c_j   the weighted mean of the u_i, pulled by 0.3 of the way to the best elite
///   spread s_j   their weighted standard deviation about c_j, corrected for few elites
///   half width   h_j = 0.9 s_j, within [shrink, 1] times its last value
///
/// It stays h_j where s_j >= 0.85 of a uniform spread over the last box (the elites do not care); may fall to a fifth
/// where all elites lie in the same outer 0.4 of the last box (a pile-up: the scale is probably wrong); grows by half
/// about the best elite where that lies at a face of the last box that is not the space's own; and returns to
/// `before`'s, about the best elite, where that lies outside the last box. Fewer than three elites in which j exists:
/// the whole range. `warps`: one a dimension.
Box next_box(const space::Space& space, std::span<const Warp> warps, const Box& last, const Box& before,
             const BoxEvidence& evidence, double shrink);

}  // namespace sterlet::samplers
