#pragma once

#include <string>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"
#include "sterlet/space/space.h"

namespace sterlet::cli {

/// {"learning_rate": 0.01} from the words learning_rate=0.01 ..., values as a study file would read them.
base::Result<base::Json> parse_settings(const std::vector<std::string>& words);

/// The same where 64,80 for a repeated parameter is the list of its values, as ${units} writes it.
base::Json with_lists(base::Json settings, const space::Space& space);

}  // namespace sterlet::cli
