#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"
#include "sterlet/study/study.h"

namespace sterlet::plan {

/// Keeps the document of a plan with the study that follows it.
base::Result<void> keep_plan(study::Study& study, const base::Json& plan);

/// The steps that the plan gives the one model; nothing where no plan was kept, or it is of many.
base::Result<std::optional<std::int64_t>> kept_steps(const study::Study& study);

/// What was planned beside what it took: "planned 4.1h (3.9h to 4.4h) and 44 trials (41 to 47), took 4.4h and 43". Nothing
/// where no plan was kept.
base::Result<std::optional<std::string>> compare_with_plan(const study::Study& study);

}  // namespace sterlet::plan
