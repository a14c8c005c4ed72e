#pragma once

#include <string>
#include <vector>

#include "sterlet/studyfile/spec.h"
#include "sterlet/studyfile/faults.h"
#include "sterlet/studyfile/yaml_tree.h"

namespace sterlet::studyfile {

/// The key `command`: a list of words, each ${name} in them a parameter (where any are known). Empty if it is left out.
std::vector<std::string> read_command(const YamlNode& root, Faults& faults, const std::vector<std::string>& parameters);

/// The key `metrics`: the channel, or stdout with a pattern that has a group for each objective.
MetricsSource read_metrics(const YamlNode& root, Faults& faults, const std::vector<Objective>& objectives);

/// The names of parameters, and of what else a command knows, that stand in its words as ${name}; each once.
std::vector<std::string> parameters_in(const std::vector<std::string>& command);

}  // namespace sterlet::studyfile
