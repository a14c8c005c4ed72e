#include "sterlet/babysit/judge/rate.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sterlet/base/text.h"

namespace sterlet::babysit {

using base::Json;

std::optional<std::string> find_learning_rate(const space::Space& space, const Json& params) {
  const space::Parameter* best = nullptr;
  const auto is_rate = [](const space::Parameter& parameter) {
    return parameter.name.find("learning_rate") != std::string::npos || parameter.name == "lr";
  };
  for (const space::Parameter& parameter : space.parameters()) {
    const bool is_number = space::is_numeric(parameter);
    if (!parameter.live || !is_number || !params.contains(parameter.name) || !params[parameter.name].is_number()) {
      continue;
    }
    const bool is_better = best == nullptr || (is_rate(parameter) && !is_rate(*best)) ||
                           (is_rate(parameter) == is_rate(*best) && parameter.tier < best->tier);
    if (is_better) best = &parameter;
  }
  return best == nullptr ? std::nullopt : std::optional(best->name);
}

std::optional<Json> clamp_to_space(const space::Space& space, const Json& params, const std::string& name,
                                   double wished) {
  const auto index = space.find_parameter(name);
  if (!index || !std::isfinite(wished)) return std::nullopt;
  const space::Parameter& parameter = space.parameters()[*index];
  double value = std::clamp(wished, parameter.low, parameter.high);
  if (parameter.step) value = parameter.low + std::round((value - parameter.low) / *parameter.step) * *parameter.step;
  // Digits that nobody chose only make a logbook hard to read.
  value = std::clamp(base::parse_number(fmt::format("{:.4g}", value)).value_or(value), parameter.low, parameter.high);
  Json json = parameter.kind == space::Kind::kInt ? Json(static_cast<std::int64_t>(std::llround(value)))
                                                  : base::json_number(value);
  if (json == params[name]) return std::nullopt;
  Json after = params;
  after[name] = json;
  if (!space.check_partial(Json{{name, json}}) || !space.from_json(after)) return std::nullopt;
  return json;
}

}  // namespace sterlet::babysit
