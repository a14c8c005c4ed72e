#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sterlet/analysis/best_arm.h"

namespace sterlet::analysis {

/// The variance of one run around its arm's true mean, pooled over all arms.
struct PooledNoise {
  double variance = 0;
  std::int64_t freedom = 0;  ///< 0: no arm was run twice, the variance is not known.
};
PooledNoise pooled_noise(std::span<const Arm> arms);

/// Logarithms of factors on that variance, evenly spaced over its scaled inverse chi-square distribution, and the
/// logarithm of its density there (in the factor's logarithm, up to a constant).
struct NoiseFactor {
  double log_factor = 0, log_weight = 0;
};
std::vector<NoiseFactor> noise_factors(std::int64_t freedom, std::size_t count);

}  // namespace sterlet::analysis
