#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "sterlet/base/result.h"

namespace sterlet::base {

/// JSON that keeps the order of keys, so that what we print reads as it was written.
using Json = nlohmann::ordered_json;

/// A double as JSON; NaN and the infinities, which JSON lacks, as the strings "NaN", "Infinity", "-Infinity".
Json json_number(double value);

/// The inverse of json_number; nothing if the value is neither a number nor one of the three strings.
std::optional<double> number_from_json(const Json& value);

/// Reads one JSON text. Errors: kInvalidArgument with line and column, also for nesting deeper than 64 levels.
Result<Json> parse_json(std::string_view text);

/// One line of JSON; text that is not UTF-8 is shown with replacement characters instead of failing.
std::string json_line(const Json& value);

}  // namespace sterlet::base
