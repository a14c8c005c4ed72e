#pragma once

#include <cstdint>
#include <memory>

#include "sterlet/math/sobol_points.h"
#include "sterlet/samplers/sampler.h"

namespace sterlet::samplers {

/// Points of a Sobol sequence, Owen-scrambled by the study's seed: each parameter's range is covered evenly after any
/// number of trials (any 2^m consecutive points from a multiple of 2^m put exactly one into each 2^-m of every axis).
///
/// Works in  the unit cube, dimensions in order of tier: the first ones of the sequence spread best. Dimensions past
///           the table's 3,667 are drawn at random.
/// Edges     the k-th point goes to the k-th trial that this sampler suggests; where a point breaks a constraint or
///           must be drawn again, it is the study's random point instead, so that the others keep their places.
/// Cost      O(32 d) a suggestion, whatever the history.
/// Errors    none.
/// Source    Joe, Kuo: Constructing Sobol sequences with better two-dimensional projections, SIAM J. Sci. Comput. 30,
///           2008 (Boost's table); Owen: Randomly permuted (t,m,s)-nets and (t,s)-sequences, 1995.
std::unique_ptr<Sampler> make_sobol(const space::Space& space, std::uint64_t seed);

/// The sequence behind it, for other samplers: points of a space's unit cube, scrambled by `seed`.
math::SobolPoints sobol_points(const space::Space& space, std::uint64_t seed);

}  // namespace sterlet::samplers
