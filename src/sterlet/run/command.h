#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sterlet/base/json.h"

namespace sterlet::run {

/// What ${...} in a command stands for, beside the parameters.
struct CommandPlaces {
  std::int64_t trial = 0;
  std::uint64_t seed = 0;
  std::string checkpoint_folder;
};

/// The argv of one trial: ${name} inside an argument is replaced by the parameter's value (a list as "64,80"),
/// ${trial}, ${seed} and ${checkpoint_dir} by the trial's own; $${ stands for ${ itself. An argument that names a
/// parameter which is not active is left out. If it is nothing but the parameter (`${momentum}`), the flag before it is
/// left out, too: -x or --name, as written in the study file, without a value of its own.
std::vector<std::string> expand_command(const std::vector<std::string>& command, const base::Json& params,
                                        const CommandPlaces& places);

}  // namespace sterlet::run
