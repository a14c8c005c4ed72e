#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sterlet::studyfile {

/// One key of a study file: said once here, for the reader's messages, the JSON Schema and help.
struct Key {
  std::string_view name;
  std::string_view summary;
  std::string_view schema;  ///< Its value's JSON Schema, without the description.
};

std::span<const Key> study_keys();
std::span<const Key> objective_keys();
std::span<const Key> metrics_keys();
std::span<const Key> parameter_keys();
std::span<const Key> budget_keys();
std::span<const Key> resources_keys();
std::span<const Key> repeats_keys();
std::span<const Key> context_keys();
std::span<const Key> notify_keys();
std::span<const Key> retest_keys();

std::vector<std::string> key_names(std::span<const Key> keys);

/// The words a study file may use for its pruner: the registry's, and `auto`.
std::vector<std::string> pruner_words();
/// The pruner that `auto` stands for in a study of one objective.
inline constexpr std::string_view kAutoPruner = "curve";

}  // namespace sterlet::studyfile
