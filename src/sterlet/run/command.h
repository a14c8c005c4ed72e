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
/// parameter which is not active is left out, and with it the option before it (`--momentum ${momentum}`).
std::vector<std::string> expand_command(const std::vector<std::string>& command, const base::Json& params,
                                        const CommandPlaces& places);

}  // namespace sterlet::run
