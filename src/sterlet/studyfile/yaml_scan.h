#pragma once

#include <optional>
#include <string_view>

#include "sterlet/studyfile/yaml_tree.h"

namespace sterlet::studyfile {

constexpr std::size_t kStudyBytesMax = 256 * 1024;
constexpr int kYamlDepthMax = 32;

/// Looks at the raw text of a study file before a parser does: its size, UTF-8, control characters, tabs used as
/// indentation, and nesting.
///
/// The nesting found here is an estimate from brackets and indentation, each bounded by kYamlDepthMax, that keeps the
/// parser's input tame; the exact depth is counted while parsing (yaml_tree.cc).
/// Cost: O(size), nothing is allocated beyond a stack of kYamlDepthMax indentations.
std::optional<YamlFault> scan_yaml(std::string_view text);

}  // namespace sterlet::studyfile
