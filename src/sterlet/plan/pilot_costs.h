#pragma once

#include "sterlet/plan/facts.h"
#include "sterlet/space/space.h"

namespace sterlet::plan {

/// What trainings with other points than the defaults take, and what company costs: sets slow_down, start_slow_down, costs,
/// cost_mean, costs_near_best and failures. The defaults' own times and the steps of a full training are in `facts`.
void take_costs(const space::Space& space, const PilotResult& pilot, Facts& facts);

/// Seconds from the last report of a training that came to its end.
double tail_of(const Training& training);

}  // namespace sterlet::plan
