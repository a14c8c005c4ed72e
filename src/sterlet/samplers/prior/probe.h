#pragma once

#include <cstdint>
#include <optional>

#include "sterlet/base/rng.h"
#include "sterlet/samplers/prior/prior.h"
#include "sterlet/space/history.h"
#include "sterlet/space/space.h"

namespace sterlet::samplers {

/// Whether a prior is what a person expects, and no older study's.
bool is_hint(const ActivePrior& prior);

/// What the results say of a hint soonest: good settings with what is hinted moved to where the hint points. Of the trial
/// that the hint came with the best setting so far, moved to the middle of the hint; two and four trials later the second
/// and the third best, moved to draws from it. The trials between are as they would be.
///
/// Nothing   in other trials, for what is no hint, while fewer than kProbedResults have ended, for several objectives,
///           where a constraint forbids it or the point is known, and for the third where the hint is not trusted any
///           more.
/// Pure      it depends on the history, the prior, the trial and the stream alone.
std::optional<space::Point> hint_probe(const space::Space& space, const space::History& history,
                                       const ActivePrior& prior, std::uint64_t trial, base::RandomStream stream);

inline constexpr std::size_t kProbedResults = 4;

}  // namespace sterlet::samplers
