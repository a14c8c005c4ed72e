#pragma once

#include <string>

#include "sterlet/base/json.h"

namespace sterlet::base {

/// A value as a person writes it: text without quotes, a number at its shortest (0.1, 3, 1e-05), else JSON.
std::string value_text(const Json& value);

}  // namespace sterlet::base
