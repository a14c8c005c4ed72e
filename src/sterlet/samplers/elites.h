#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sterlet/space/history.h"

namespace sterlet::samplers {

/// The best different settings of a history, best first, and how much each counts.
struct Elites {
  std::vector<std::size_t> trials;  ///< Numbers, one a setting: its first trial.
  std::vector<double> weights;      ///< Sum 1. Falling with the rank; equal where there are several objectives.
  bool has_best = false;            ///< Whether the first is better than the others: one objective only.
};

/// Picks up to `count` of the trials named in `among` (ascending numbers).
///
/// One objective: complete trials by value (the mean over the trials of a setting), then pruned ones that got further,
/// then by value. Several: whole non-dominated fronts of the complete ones, the last by crowding distance.
/// Edges     what breaks told constraints comes after all that does not, by how much; failed, void and pending trials
///           are never elite; infinite values rank like any other. Ties go to the lower number.
/// Cost      O(n log n) for one or two objectives; for more see math::pareto_ranks.
Elites find_elites(const space::History& history, std::span<const std::uint32_t> among, std::size_t count);

}  // namespace sterlet::samplers
