#pragma once

#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/studyfile/spec.h"

namespace sterlet::studyfile {

/// What in a study that is right is most often a slip: searched parameters that seem to reach no program. One sentence
/// each (what, next), without a place. Of scales the doctor speaks.
std::vector<base::Error> advise(const StudySpec& spec);

}  // namespace sterlet::studyfile
