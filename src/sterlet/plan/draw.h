#pragma once

#include <cstdint>

#include "sterlet/base/rng.h"
#include "sterlet/plan/facts.h"

namespace sterlet::plan {

/// Who draws here. It draws for no trial, so that it has no place among those that must never change.
inline constexpr base::Stream kPlanStream{1001};
inline constexpr std::uint64_t kPlanSeed = 0x706c616e;
inline constexpr double kRegretSpread = 1.2;  ///< Of ln(regret) over the space.

/// What is the same for all choices in one simulation.
struct Draw {
  std::uint64_t number = 0;
  double time = 1;          ///< Of a step, to what was measured.
  double cost = 1;          ///< Mean of a trial's time over the space, to the defaults'.
  double cost_spread = 0;   ///< Of ln(time).
  double cost_of_best = 1;  ///< Around the best points, where a sampler that learns comes back to.
  double near_share = 0.5;  ///< Of the trials of such a sampler that do.
  double gap = 1;           ///< The regret of a usual point.
  double default_regret = 0;
  double floor = 0;   ///< The best possible value.
  double slope = 0;   ///< Of the value over ln(step).
  double luck = 0.5;  ///< Of the search, in (0, 1).
  double hand = 1;    ///< Of the one who raises.
};

/// The place of p in the standard normal distribution.
double quantile_of(double p);

Draw draw_of(const Facts& facts, std::uint64_t number);

}  // namespace sterlet::plan
