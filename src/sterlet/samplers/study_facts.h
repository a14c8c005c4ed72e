#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "sterlet/samplers/prior/prior.h"

namespace sterlet::samplers {

/// What a sampler may need to know of its study beyond the space.
struct StudyFacts {
  std::uint64_t seed = 0;
  std::optional<std::int64_t> trial_budget;  ///< Trials of the whole study, if limited.
  std::size_t objective_count = 1;
  std::vector<ActivePrior> priors;  ///< In the order they came.
};

}  // namespace sterlet::samplers
