#pragma once

#include <cstdint>

#include "sterlet/base/json.h"
#include "sterlet/studyfile/schedule.h"

namespace sterlet::studyfile {

/// From `step` on these values hold: adds an entry with those that differ from what the schedule has held so far, none
/// where all are held already. Steps must not fall.
void change_to(Schedule& schedule, std::int64_t step, const base::Json& params);

}  // namespace sterlet::studyfile
