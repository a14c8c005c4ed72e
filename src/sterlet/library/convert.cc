#include "sterlet/library/convert.h"

#include <utility>

#include <fmt/format.h>

namespace sterlet::library {

using base::Json;

namespace {

Scalar scalar_of(const Json& json) {
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number_integer()) return json.get<std::int64_t>();
  if (const auto number = base::number_from_json(json)) return *number;
  return json.is_string() ? json.get<std::string>() : json.dump();
}

Params::Value value_of(const Json& json) {
  if (!json.is_array()) {
    return std::visit([](auto&& held) { return Params::Value(std::forward<decltype(held)>(held)); }, scalar_of(json));
  }
  std::vector<Scalar> list;
  for (const Json& element : json) list.push_back(scalar_of(element));
  return list;
}

struct ToJson {
  Json operator()(bool value) const { return value; }
  Json operator()(std::int64_t value) const { return value; }
  Json operator()(double value) const { return base::json_number(value); }
  Json operator()(const std::string& value) const { return value; }
  Json operator()(const std::vector<Scalar>& list) const {
    Json array = Json::array();
    for (const Scalar& scalar : list) array.push_back(json_of(scalar));
    return array;
  }
};

}  // namespace

Params params_from_json(const Json& json) {
  Params params;
  auto& entries = ParamsDoor::entries(params);
  entries.reserve(json.size());
  for (const auto& [name, value] : json.items()) entries.emplace_back(name, value_of(value));
  return params;
}

Params params_of(const space::Space& space, const space::Point& point) {
  return params_from_json(space.to_json(point));
}

Json json_of(const Scalar& scalar) { return std::visit(ToJson(), scalar); }

Json json_of(const Params& params) {
  Json json = Json::object();
  for (const auto& [name, value] : params) json[name] = std::visit(ToJson(), value);
  return json;
}

Json json_of(const Algorithm& algorithm) {
  if (algorithm.options.empty()) return algorithm.name;
  Json json{{"name", algorithm.name}};
  for (const auto& [name, value] : algorithm.options) json[name] = json_of(value);
  return json;
}

base::Error fault_error(const space::Fault& fault) {
  if (fault.constraint) return fault.error.at(fmt::format("constraint {}", *fault.constraint + 1));
  return fault.error.at(fault.parameter);
}

base::Result<space::Space> checked_space(const Space& space) {
  const auto* parts = SpaceDoor::parts(space);
  if (parts == nullptr || parts->parameters.empty()) {
    return base::fail(base::ErrorCode::kInvalidArgument, "the space has no parameters", "add one, as add_float() does");
  }
  auto made = space::Space::make(parts->parameters, parts->constraints);
  if (!made) return base::fail(fault_error(made.error().front()));
  return std::move(*made);
}

studyfile::Direction direction_of(Direction direction) {
  return direction == Direction::kMaximize ? studyfile::Direction::kMaximize : studyfile::Direction::kMinimize;
}

}  // namespace sterlet::library
