#pragma once

#include <string>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"

namespace sterlet::cli {

/// {"learning_rate": 0.01} from the words learning_rate=0.01 ..., values as a study file would read them.
base::Result<base::Json> parse_settings(const std::vector<std::string>& words);

}  // namespace sterlet::cli
