#include "sterlet/space/parameter.h"

#include <array>
#include <utility>

#include "sterlet/base/text.h"

namespace sterlet::space {

namespace {

constexpr std::array<std::pair<Kind, std::string_view>, 4> kKindNames{
    {{Kind::kFloat, "float"}, {Kind::kInt, "int"}, {Kind::kCategorical, "categorical"}, {Kind::kOrdinal, "ordinal"}}};
constexpr std::array<std::pair<Scale, std::string_view>, 3> kScaleNames{
    {{Scale::kLinear, "linear"}, {Scale::kLog, "log"}, {Scale::kReverseLog, "reverse_log"}}};

std::optional<double> as_number(const Scalar& scalar) {
  if (const auto* integer = std::get_if<std::int64_t>(&scalar)) return static_cast<double>(*integer);
  if (const auto* number = std::get_if<double>(&scalar)) return *number;
  return std::nullopt;
}

base::Json json_from_bound(const Parameter& parameter, double value) {
  if (parameter.kind == Kind::kInt) return static_cast<std::int64_t>(value);
  return base::json_number(value);
}

}  // namespace

std::string_view text_of(Kind kind) { return kKindNames[static_cast<std::size_t>(kind)].second; }
std::string_view text_of(Scale scale) { return kScaleNames[static_cast<std::size_t>(scale)].second; }

std::optional<Kind> kind_from_text(std::string_view text) {
  for (const auto& [kind, name] : kKindNames) {
    if (name == text) return kind;
  }
  return std::nullopt;
}

std::optional<Scale> scale_from_text(std::string_view text) {
  for (const auto& [scale, name] : kScaleNames) {
    if (name == text) return scale;
  }
  return std::nullopt;
}

base::Json json_from_scalar(const Scalar& scalar) {
  if (const auto* number = std::get_if<double>(&scalar)) return base::json_number(*number);
  return std::visit([](const auto& value) { return base::Json(value); }, scalar);
}

std::optional<Scalar> scalar_from_json(const base::Json& value) {
  if (value.is_boolean()) return Scalar(value.get<bool>());
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX) return Scalar(value.get<double>());
  if (value.is_number_integer()) return Scalar(value.get<std::int64_t>());
  if (value.is_number_float()) return Scalar(value.get<double>());
  if (value.is_string()) return Scalar(value.get<std::string>());
  return std::nullopt;
}

std::string text_of(const Scalar& scalar) {
  if (const auto* flag = std::get_if<bool>(&scalar)) return *flag ? "true" : "false";
  if (const auto* integer = std::get_if<std::int64_t>(&scalar)) return std::to_string(*integer);
  if (const auto* number = std::get_if<double>(&scalar)) return base::number_text(*number);
  return std::get<std::string>(scalar);
}

bool same_choice(const Scalar& a, const Scalar& b) {
  const auto number_a = as_number(a), number_b = as_number(b);
  if (number_a && number_b) return *number_a == *number_b;
  return a == b;
}

base::Json json_from_parameter(const Parameter& parameter) {
  base::Json json;
  json["type"] = text_of(parameter.kind);
  if (is_numeric(parameter)) {
    json["low"] = json_from_bound(parameter, parameter.low);
    json["high"] = json_from_bound(parameter, parameter.high);
    if (parameter.scale != Scale::kLinear) json["scale"] = text_of(parameter.scale);
    if (parameter.step) json["step"] = json_from_bound(parameter, *parameter.step);
    if (parameter.zero > 0) json["zero"] = parameter.zero;
  } else {
    json["choices"] = base::Json::array();
    for (const Scalar& choice : parameter.choices) json["choices"].push_back(json_from_scalar(choice));
  }
  if (!parameter.when.empty()) json["when"] = parameter.when;
  if (!parameter.repeat.empty()) json["repeat"] = parameter.repeat;
  if (parameter.defaults.size() == 1) {
    json["default"] = json_from_scalar(parameter.defaults.front());
  } else if (!parameter.defaults.empty()) {
    json["default"] = base::Json::array();
    for (const Scalar& value : parameter.defaults) json["default"].push_back(json_from_scalar(value));
  }
  json["tier"] = parameter.tier;
  if (parameter.live) json["live"] = true;
  return json;
}

}  // namespace sterlet::space
