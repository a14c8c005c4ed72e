#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sterlet/base/json.h"

namespace sterlet::cli {

/// A value for people: text without quotes, numbers as base::figure_text, lists as [64,80], else JSON with its numbers
/// rounded in the same way.
std::string value_text(const base::Json& value);
/// The same with four digits: "0.01", "[64,80]".
std::string short_value_text(const base::Json& value);
/// The elements of a list: "0.12", or "0.12, 3" for two objectives.
std::string values_text(const base::Json& values);
/// The same of numbers.
std::string short_values_text(std::span<const double> values);
/// "learning_rate=0.01 units=[64,80]".
std::string params_text(const base::Json& params);

/// A time span in one unit, as one says how long ago something was: "0s", "45s", "12m", "3h", "5d".
std::string brief_duration_text(double seconds);
/// Minutes of a wall time: "2026-11-29 14:02 UTC".
std::string minute_text(std::int64_t wall_ms);

/// Text broken at blanks into lines of at most `columns`; a longer word is broken where it must be. Empty text: none.
std::vector<std::string> wrapped(std::string_view text, std::size_t columns);
/// A reason in little room: without "python3 train.py ended with exit code 1 after 3 s: " where it does not fit whole.
std::string gist_text(std::string_view reason, std::size_t columns);
/// Text of at most `columns`, the last three of them "..." where it was cut.
std::string clipped(std::string_view text, std::size_t columns);

}  // namespace sterlet::cli
