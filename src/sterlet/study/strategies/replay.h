#pragma once

#include <memory>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/study/strategies/strategy.h"

namespace sterlet::study {

/// Trains with a given schedule, again and again, each time with another seed: the values at its start, then the
/// changes that it makes. A trial that is run again goes on from its checkpoint with the schedule's values there.
base::Result<std::unique_ptr<Strategy>> make_replay(const Parts& parts);
/// Whether a study file is fit for it.
std::vector<base::Error> check_replay(const studyfile::StudySpec& spec, const space::Space& space);
base::Json replay_schema();

}  // namespace sterlet::study
