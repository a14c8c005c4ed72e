#pragma once

#include "sterlet/studyfile/faults.h"
#include "sterlet/studyfile/spec.h"
#include "sterlet/studyfile/yaml_tree.h"

namespace sterlet::studyfile {

/// What a trial may have of the machine, `resources` of a study file.
Resources read_resources(const YamlNode& root, Faults& faults);

}  // namespace sterlet::studyfile
