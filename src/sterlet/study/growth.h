#pragma once

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"
#include "sterlet/space/space.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::study {

/// A stored spec with these parameters added, or declared anew: see ByRun::join. Errors are its.
base::Result<studyfile::StudyFile> grown(const base::Json& spec, const base::Json& params);

/// The point with these values, where every other parameter is absent. Errors: kInvalidArgument for an unknown name, or
/// a value that is not in the parameter's range.
base::Result<space::Point> partial_point(const space::Space& space, const base::Json& params);

}  // namespace sterlet::study
