#pragma once

#include <cstdint>
#include <span>

#include "sterlet/samplers/prior/prior.h"
#include "sterlet/space/history.h"
#include "sterlet/space/space.h"

namespace sterlet::samplers {

/// How far results bear out what was expected of them, from 0 to 1: 1 where they say nothing yet, 0 where they say the
/// opposite.
///
/// Kendall's tau over all pairs, each weighing as much as its two expectations differ, so that what the old results told
/// apart counts and what they called alike does not; averaged with a first opinion of 1 that weighs one result.
double rank_trust(std::span<const double> expected, std::span<const double> found);

/// The same of a prior, by the first kTrusted results of one objective. `trials`: a history, or its beginning.
///
/// Of a warm start  by rank_trust() of what the old results lead to expect.
/// Of a hint        by how many of the results elsewhere each result where it points beats: on average half or fewer, and
///                  its trust goes. It stays while the best result of all is where it points.
double trust(const ActivePrior& prior, const space::Space& space, std::span<const space::Observation> trials);

inline constexpr std::size_t kTrusted = 60;

}  // namespace sterlet::samplers
