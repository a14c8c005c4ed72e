#include "sterlet/base/options.h"

#include <algorithm>

#include <fmt/format.h>

#include "sterlet/base/text.h"

namespace sterlet::base {

namespace {

/// What the option may be, in words; empty if `value` is that.
std::string objection(const Option& option, const Json& value) {
  const Json& otherwise = option.default_value;
  if (otherwise.is_string() || (otherwise.is_null() && value.is_null())) return {};
  if (otherwise.is_boolean()) return value.is_boolean() ? "" : "it is true or false";
  const bool whole = otherwise.is_number_integer();
  const bool fits = value.is_number() && (!whole || value.is_number_integer()) && value.get<double>() >= option.low &&
                    value.get<double>() <= option.high;
  if (fits) return {};
  return fmt::format("it is a {} from {} to {}", whole ? "whole number" : "number", number_text(option.low),
                     number_text(option.high));
}

}  // namespace

Result<void> check_options(const std::string& owner, std::span<const Option> options, const Json& values,
                           std::string_view example) {
  constexpr std::size_t kQuotedMax = 60;
  if (!values.is_object()) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("options of {} cannot be {}", owner, json_line(values).substr(0, kQuotedMax)),
                fmt::format("write them as names and values, as in {}", example));
  }
  std::vector<std::string> known;
  for (const Option& option : options) known.push_back(option.name);
  for (const auto& [name, value] : values.items()) {
    const auto option = std::find_if(options.begin(), options.end(), [&](const Option& o) { return o.name == name; });
    if (option == options.end()) {
      return fail(ErrorCode::kInvalidArgument, fmt::format("{} has no option '{}'", owner, printable(name)),
                  known.empty() ? std::string("it has none; remove it") : suggest_name(name, known));
    }
    const std::string advice = objection(*option, value);
    if (advice.empty()) continue;
    return fail(ErrorCode::kInvalidArgument, fmt::format("{} of {} cannot be {}", name, owner, json_line(value)),
                advice);
  }
  return {};
}

}  // namespace sterlet::base
