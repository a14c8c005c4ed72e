#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sterlet/studyfile/spec.h"
#include "sterlet/studyfile/faults.h"

namespace sterlet::studyfile {

/// Reads what is chosen by name in a study file: a word, or a map with a name and options. Each gives nothing exactly
/// where it has added a fault.

/// The name alone, one of `words`; its options are left to the caller.
std::optional<Choice> read_choice(const YamlNode& node, Faults& faults, std::string_view key,
                                  const std::vector<std::string>& words);
std::optional<Choice> read_sampler(const YamlNode& node, Faults& faults);
/// `auto` is decided here, once: what is stored is the pruner that it stands for.
std::optional<Choice> read_pruner(const YamlNode& node, Faults& faults, std::size_t objective_count);

}  // namespace sterlet::studyfile
