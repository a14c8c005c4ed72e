#include "sterlet/api/arguments.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sterlet/base/text.h"

namespace sterlet::api {

namespace {

using base::ErrorCode;
using base::Json;
using base::Result;
using storage::State;

constexpr std::array<std::pair<std::string_view, State>, 4> kStates{{{"complete", State::kComplete},
                                                                     {"failed", State::kFailed},
                                                                     {"pruned", State::kPruned},
                                                                     {"cancelled", State::kCancelled}}};

constexpr std::size_t kShownMax = 60;  // Bytes of a wrong value that an error shows.

base::Failure refuse(std::string what, std::string next = {}) {
  return base::fail(ErrorCode::kInvalidArgument, std::move(what), std::move(next));
}

std::string shown(const Json& value) { return base::json_line(value).substr(0, kShownMax); }

bool is_integer(const Json& value) {
  if (value.is_number_unsigned()) return value.get<std::uint64_t>() <= std::numeric_limits<std::int64_t>::max();
  return value.is_number_integer();
}

bool are_numbers(const Json& list) {
  return std::all_of(list.begin(), list.end(), [](const Json& one) { return base::number_from_json(one).has_value(); });
}

Result<void> check_curve(std::string_view name, const Json& curve) {
  const std::string what = fmt::format("'{}' must be a list of [step, value]", name);
  if (!curve.is_array() || curve.empty()) return refuse(what);
  for (const Json& point : curve) {
    if (!point.is_array() || point.size() != 2 || !is_integer(point[0]) || !base::number_from_json(point[1])) {
      return refuse(what, "steps are whole numbers");
    }
  }
  return {};
}

Result<void> check(const Argument& argument, const Json& value) {
  constexpr const char* kOddNumbers = R"(NaN and infinities are written "NaN", "Infinity", "-Infinity")";
  const auto wrong = [&](std::string next) {
    return refuse(fmt::format("{} must be {} (found {})", argument.name, text_of(argument.type), shown(value)),
                  std::move(next));
  };
  switch (argument.type) {
    case ArgumentType::kInteger:
      if (!is_integer(value)) return wrong(std::string(argument.advice));
      return {};
    case ArgumentType::kNumber:
      if (!base::number_from_json(value)) return wrong(kOddNumbers);
      return {};
    case ArgumentType::kNumbers:
      if (!value.is_array() || !are_numbers(value)) return wrong(kOddNumbers);
      return {};
    case ArgumentType::kText:
      if (!value.is_string()) return wrong("put it in quotes");
      return {};
    case ArgumentType::kState:
      if (!state_of(value)) {
        return refuse(fmt::format("{} cannot be {}", argument.name, shown(value)),
                      fmt::format("it is {}", text_of(argument.type)));
      }
      return {};
    case ArgumentType::kFlag:
      if (!value.is_boolean()) return wrong("");
      return {};
    case ArgumentType::kPoint:
    case ArgumentType::kDeclarations:
      return {};
    case ArgumentType::kMetrics:
      if (!value.is_object() || value.empty() || !are_numbers(value)) return wrong(kOddNumbers);
      return {};
    case ArgumentType::kCurve:
      return check_curve(argument.name, value);
  }
  return {};
}

}  // namespace

std::optional<State> state_of(const Json& value) {
  for (const auto& [name, state] : kStates) {
    if (value == Json(name)) return state;
  }
  return std::nullopt;
}

Result<void> check(std::string_view operation, std::span<const Argument> known, const Json& arguments) {
  if (!arguments.is_object()) {
    return refuse(fmt::format("the arguments of {} must be an object (found {})", operation, shown(arguments)));
  }
  for (const auto& [name, value] : arguments.items()) {
    const auto argument = std::ranges::find(known, std::string_view(name), &Argument::name);
    if (argument == known.end()) {
      std::vector<std::string> names;
      for (const Argument& other : known) names.emplace_back(other.name);
      return refuse(fmt::format("{} has no argument '{}'", operation, base::printable(name.substr(0, kShownMax))),
                    names.empty() ? std::string("it takes none") : base::suggest_name(name, names));
    }
    STERLET_PASS(check(*argument, value));
  }
  for (const Argument& argument : known) {
    if (!argument.is_required() || arguments.contains(argument.name)) continue;
    return refuse(fmt::format("'{}' is missing", argument.name), std::string(argument.advice));
  }
  return {};
}

std::string_view text_of(ArgumentType type) {
  switch (type) {
    case ArgumentType::kInteger:
      return "a whole number";
    case ArgumentType::kNumber:
      return "a number";
    case ArgumentType::kNumbers:
      return "a list of numbers";
    case ArgumentType::kText:
      return "text";
    case ArgumentType::kState:
      return "complete, failed, pruned or cancelled";
    case ArgumentType::kPoint:
      return "values by parameter";
    case ArgumentType::kMetrics:
      return "numbers by name";
    case ArgumentType::kCurve:
      return "a list of [step, value]";
    case ArgumentType::kFlag:
      return "true or false";
    case ArgumentType::kDeclarations:
      return "declarations by parameter";
  }
  return "";
}

}  // namespace sterlet::api
