#pragma once

#include <string>
#include <string_view>

#include "sterlet/studyfile/yaml_tree.h"

namespace sterlet::studyfile {

/// What a word that other tools use, or that one would guess, is in a study file: text for Error::next; empty: nothing is
/// known of it. `place`: of keys "study", "parameter", "objective", "budget", "resources"; of values "type", "scale",
/// "direction", "sampler", "pruner", "strategy", "source". Capitals, '_' and '-' make no difference.
std::string foreign_advice(std::string_view place, std::string_view word);

/// Whether a map has another tool's key, or a slip of the finger, where `key` is meant: that `key` is missing needs no
/// sentence of its own then.
bool has_stand_in(const YamlNode& map, std::string_view place, std::string_view key);

}  // namespace sterlet::studyfile
