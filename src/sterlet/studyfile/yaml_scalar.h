#pragma once

#include <string_view>

#include "sterlet/base/json.h"

namespace sterlet::studyfile {

/// What a scalar without quotes means by YAML 1.2's core schema (section 10.3): null, a truth value, a whole number (also
/// 0o17 and 0x1F), a number, or text. A whole number that fits no 64 bits is a number.
base::Json plain_scalar(std::string_view text);

}  // namespace sterlet::studyfile
