#pragma once

#include <functional>
#include <string>

#include "sterlet/base/json.h"

namespace sterlet::context {

/// The machine, as far as results may depend on it: {"cpu": "...", "cores": 8, "memory_bytes": ..., "gpus": ["..."],
/// "driver": "...", "system": "Debian GNU/Linux 12 (bookworm)", "container": "..."}; what is not there is left out. `root` is
/// put before the paths that are read: empty, but in a test.
base::Json machine_json(const std::string& root, const std::function<std::string(const char*)>& environment);

}  // namespace sterlet::context
