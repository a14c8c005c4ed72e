#pragma once

#include <span>
#include <string>

#include "sterlet/base/json.h"

namespace sterlet::cli {

/// base::value_text with four digits: "0.01", "[64,80]".
std::string short_value_text(const base::Json& value);
/// The elements of a list: "0.12", or "0.12, 3" for two objectives.
std::string values_text(const base::Json& values);
/// The same with five digits.
std::string short_values_text(std::span<const double> values);
/// "learning_rate=0.01 units=[64,80]".
std::string params_text(const base::Json& params);

}  // namespace sterlet::cli
