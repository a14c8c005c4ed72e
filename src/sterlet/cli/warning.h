#pragma once

#include <string>

#include "sterlet/base/result.h"
#include "sterlet/cli/context.h"

namespace sterlet::cli {

/// Says on stderr what in a study file is right, but most often a slip.
void warn(const Context& context, const std::string& path, const base::Error& advice);

}  // namespace sterlet::cli
