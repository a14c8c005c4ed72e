#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sterlet/space/parameter.h"

namespace sterlet::studyfile {

/// One parameter of a preset. Its condition is kept as data, so that it can be fitted to the choices that are left when
/// the study file overrides them.
struct PresetParameter {
  space::Parameter parameter;
  std::string depends_on;                ///< A categorical parameter of the preset; empty: always there.
  std::vector<std::string> depends_for;  ///< Those of its choices for which this parameter exists.
};

struct Preset {
  std::string_view name;
  std::string_view summary;
  std::vector<std::string> command;  ///< What sterlet init proposes to run.
  std::vector<PresetParameter> parameters;
};

/// All presets, in the order of help. Ranges, defaults and tiers are those of common practice: the learning rate first
/// (tier 1); momentum, mini-batch size and hidden units next (2); layers and learning-rate decay (3); Adam's betas and
/// epsilon last (4), at 0.9, 0.999 and 1e-8 unless asked for.
std::vector<Preset> make_presets();

}  // namespace sterlet::studyfile
