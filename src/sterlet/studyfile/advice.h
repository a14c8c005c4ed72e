#pragma once

#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/studyfile/spec.h"

namespace sterlet::studyfile {

/// What in a study that is right is most often a slip. One sentence each (what, next), without a place. Of scales the
/// doctor speaks.
/// Words of the command that were meant for a shell or are written in another tool's way.
std::vector<base::Error> advise_on_command(const StudySpec& spec);
/// The same, and searched parameters that seem to reach no program.
std::vector<base::Error> advise(const StudySpec& spec);

}  // namespace sterlet::studyfile
