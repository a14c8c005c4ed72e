#pragma once

#include "sterlet/studyfile/faults.h"
#include "sterlet/studyfile/spec.h"
#include "sterlet/studyfile/yaml_tree.h"

namespace sterlet::studyfile {

/// How much a study may use, `budget` of a study file.
Budget read_budget(const YamlNode& root, Faults& faults);

}  // namespace sterlet::studyfile
