#pragma once

#include <vector>

#include "sterlet/studyfile/faults.h"
#include "sterlet/studyfile/spec.h"
#include "sterlet/studyfile/yaml_tree.h"

namespace sterlet::studyfile {

/// The objectives of a study file; what is wrong with them is added to the faults. A metric whose name says that larger
/// is better needs its direction in words, since to minimize it would be a slip that nothing shows later.
std::vector<Objective> read_objectives(const YamlNode& root, Faults& faults);

}  // namespace sterlet::studyfile
