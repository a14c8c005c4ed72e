#pragma once

#include <memory>

#include "sterlet/study/strategies/strategy.h"

namespace sterlet::study {

/// Trains with a given schedule, again and again, each time with another seed: the values at its start, then the
/// changes that it makes. A trial that is run again goes on from its checkpoint with the schedule's values there.
base::Result<std::unique_ptr<Strategy>> make_replay(const Parts& parts);

}  // namespace sterlet::study
