#pragma once

#include <cstdint>

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"
#include "sterlet/study/study.h"

namespace sterlet::api {

/// What a program that names its parameters as it runs asks of a study beyond ask and tell: operations' rows, whose
/// arguments are checked.

base::Result<base::Json> join(study::Study& study, const base::Json& arguments);
base::Result<base::Json> describe(study::Study& study, const base::Json& arguments);
base::Result<base::Json> list_trials(study::Study& study, const base::Json& arguments);

/// What was said of a trial's point when it was enqueued freely: {"enqueued": {...}, "told": "..."}; null: nothing.
base::Json enqueued_note(const study::Study& study, std::int64_t trial);

}  // namespace sterlet::api
