#pragma once

#include <cstdint>

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"
#include "sterlet/studyfile/schedule.h"
#include "sterlet/study/study.h"

namespace sterlet::api {

/// The hyperparameters by step that led to a trial's weights: of a population's member its lineage back to step 0, of
/// a trial with strategy: replay what it replays, of any other its own. Errors: kNotFound where there is no such trial,
/// or it has not begun.
base::Result<studyfile::Schedule> schedule_of(const study::Study& study, std::int64_t trial);

/// What a member was trained with, interval by interval: [{"turn":0,"attempt":1,"from_step":0,"to_step":4,
/// "parent":null,"params":{...},"state":"done","value":0.2,"reason":"..."}]. Empty where there is no population.
base::Json turns_json(const study::Study& study, std::int64_t trial);

}  // namespace sterlet::api
