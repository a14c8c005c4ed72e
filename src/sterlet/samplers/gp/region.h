#pragma once

#include <cstddef>
#include <span>

namespace sterlet::samplers {

/// From so many dimensions on the Gaussian process looks in a box about the best point; the figures are in
/// docs/decisions/0004-gp-many-dimensions.md.
inline constexpr std::size_t kRegionDimensions = 30;

/// Where a search among many dimensions looks: a box about the best of the trials from `since` on.
struct GpRegion {
  std::size_t since = 0;  ///< Index of the first trial of this search.
  double side = 1;        ///< Of a box over dimensions of equal length scales; 1: the whole space.

  bool operator==(const GpRegion&) const = default;
};

/// The box grows when trials improve on the best and shrinks when they do not; when it is nearly a point the search
/// begins anew. The region is a function of the values alone, so that a study opened again continues as before.
///
/// values    minimised, in the order of their trials, as the model sees them: of a standard deviation of about 1.
/// startup   so many trials of a search are made before it has a box.
/// Cost      O(n).
/// Source    Eriksson, Pearce, Gardner, Turner, Poloczek: Scalable global optimization via local Bayesian optimization,
///           NeurIPS 2019, with one region.
/// Departs   with a box that is halved after 10 failures in a row, where theirs waits for as many as there are
///           dimensions (most studies of a hundred dimensions would end before); and with a model of all trials, those
///           of earlier searches too.
GpRegion region_of(std::span<const double> values, std::size_t startup);

}  // namespace sterlet::samplers
