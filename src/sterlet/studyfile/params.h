#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sterlet/space/space.h"
#include "sterlet/studyfile/faults.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::studyfile {

/// The search space of a study file: preset, params, tune and constraints together.
struct DeclaredSpace {
  std::vector<space::Parameter> parameters;  ///< As searched: fixed ones have one value.
  std::vector<std::string> constraints;
  space::Space space;
  std::vector<SizeParameter> sizes;
  std::optional<OpenedTiers> tiers;  ///< With `tune: auto`.
};

/// What `tune: auto` goes by: the budget's trials, or what the caller wants opened.
struct TierBudget {
  std::optional<std::int64_t> trials;
  std::optional<int> tiers;
};

/// Reads it from the root of a study file. `names` becomes the parameters' names, also where there are faults, so that
/// other keys can be checked against them. Nothing where faults were added.
std::optional<DeclaredSpace> read_parameters(const YamlNode& root, Faults& faults, std::vector<std::string>& names,
                                             const TierBudget& budget = {});

}  // namespace sterlet::studyfile
