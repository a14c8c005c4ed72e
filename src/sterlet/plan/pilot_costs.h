#pragma once

#include <optional>

#include "sterlet/plan/facts.h"
#include "sterlet/plan/value_model.h"
#include "sterlet/space/space.h"

namespace sterlet::plan {

/// What trainings with other points than the defaults take, and what company costs: sets slow_down, start_slow_down, costs,
/// cost_mean, costs_near_best and failures. The defaults' own times and the steps of a full training are in `facts`.
void take_costs(const space::Space& space, const PilotResult& pilot, Facts& facts);

/// What the points that the pilot has seen so far came to: at their ends where all came there, else at the step that all came to,
/// led on to their ends. Nothing where trainings of all points take the same time, as far as they have been seen. `facts` as
/// gathered of it.
std::optional<PilotValues> values_where_costs_differ(const PilotResult& pilot, const Facts& facts);

/// Seconds from the last report of a training that came to its end.
double tail_of(const Training& training);

}  // namespace sterlet::plan
