#pragma once

#include <memory>
#include <vector>

#include "sterlet/samplers/prior/steering.h"
#include "sterlet/samplers/sampler.h"

namespace sterlet::samplers {

/// A sampler that scores no points, under priors: some of its trials are drawn from them (Steering says which), the
/// others are as it suggests. To it the drawn ones are points from elsewhere.
std::unique_ptr<Sampler> make_steered(std::unique_ptr<Sampler> sampler, const space::Space& space,
                                      const std::vector<ActivePrior>& priors);

/// A sampler that follows priors itself: hints are tried out first, whatever it would suggest.
std::unique_ptr<Sampler> make_probing(std::unique_ptr<Sampler> sampler, const space::Space& space,
                                      const std::vector<ActivePrior>& priors);

/// The suggestion of a trial that is drawn from a prior; nothing where it is none's turn.
std::optional<Suggestion> draw_steered(const Steering& steering, const space::Space& space,
                                       const space::History& history, const base::StreamKey& key);

}  // namespace sterlet::samplers
