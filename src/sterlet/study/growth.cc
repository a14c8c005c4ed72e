#include "sterlet/study/growth.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/study/strategies/registry.h"

namespace sterlet::study {

namespace {

using base::ErrorCode;
using base::Result;
using space::Parameter;

// Distance between neighbouring values; 0: there are values between any two.
double step_of(const Parameter& parameter) {
  return parameter.step.value_or(parameter.kind == space::Kind::kInt ? 1 : 0);
}

bool is_whole(double number) { return std::abs(number - std::round(number)) < 1e-9; }

// Whether every value of the one is a value of the other, which means the same to samplers.
bool holds_all_of(const Parameter& before, const Parameter& now) {
  const bool was_constant = space::is_numeric(before) && before.low == before.high;
  if (before.kind != now.kind || (before.scale != now.scale && !was_constant)) return false;
  if (before.when != now.when || before.repeat != now.repeat) return false;
  if (!space::is_numeric(before)) {
    return before.choices.size() <= now.choices.size() &&
           std::equal(before.choices.begin(), before.choices.end(), now.choices.begin(), space::same_choice);
  }
  if (now.low > before.low || now.high < before.high) return false;
  const double step = step_of(now);
  if (step == 0) return true;
  const bool is_between = !was_constant && (step_of(before) == 0 || !is_whole(step_of(before) / step));
  return !is_between && is_whole((before.low - now.low) / step);
}

}  // namespace

Result<studyfile::StudyFile> grown(const base::Json& spec, const base::Json& params) {
  if (!params.is_object() || params.empty()) {
    return base::fail(ErrorCode::kInvalidArgument, "params must be an object of names and declarations",
                      R"(write them as {"x": {"type": "float", "low": 0, "high": 1}})");
  }
  base::Json now = spec;
  for (const auto& [name, declaration] : params.items()) now["params"][name] = declaration;
  STERLET_TRY(const studyfile::StudyFile before, studyfile::study_from_json(strategies(), spec));
  auto file = studyfile::study_from_json(strategies(), now);
  if (!file) {
    base::Error error = file.error();
    error.where.clear();  // It names the stored study, which is not at fault.
    return base::fail(std::move(error));
  }
  for (std::size_t i = 0; i < before.spec.parameters.size(); ++i) {
    const Parameter& old = before.spec.parameters[i];
    if (i < file->spec.parameters.size() && file->spec.parameters[i].name == old.name &&
        holds_all_of(old, file->spec.parameters[i])) {
      continue;
    }
    return base::fail(ErrorCode::kInvalidArgument,
                      fmt::format("{} cannot be declared so, as earlier trials have values of it", old.name),
                      "keep its type, scale and choices, and let its bounds only widen");
  }
  return file;
}

Result<space::Point> partial_point(const space::Space& space, const base::Json& params) {
  const base::StreamKey key{.seed = 0, .trial = 0};
  STERLET_TRY(space::Point point, space.complete(params, space.draw(key), key));
  for (std::size_t i = 0; i < space.dimensions().size(); ++i) {
    const Parameter& parameter = space.parameters()[space.dimensions()[i].parameter];
    if (!params.contains(parameter.name)) point.values[i] = std::nan("");
  }
  return point;
}

}  // namespace sterlet::study
