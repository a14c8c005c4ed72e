#include "sterlet/analysis/edge.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/doctor/file/file_view.h"
#include "sterlet/doctor/trials/rules.h"

namespace sterlet::doctor {

namespace {

using space::Kind;
using space::Parameter;
using space::Scale;

// Bounds that nature sets: below or above them there is nothing to try.
bool is_natural(const Parameter& parameter, bool is_high) {
  const Role role = role_of(parameter.name);
  if (is_high) return (role == Role::kShare || role == Role::kDropout) && parameter.high >= 1;
  switch (role) {
    case Role::kDropout:
    case Role::kShare:
    case Role::kRegularizer:
    case Role::kLearningRate:
    case Role::kAverage:
    case Role::kEpsilon:
      return parameter.low <= 0;
    case Role::kBatchSize:
    case Role::kUnits:
    case Role::kLayers:
    case Role::kSteps:
      return parameter.low <= 1;
    case Role::kUnknown:
    case Role::kLabel:
      return false;
  }
  return false;
}

double rounded(double value) { return base::parse_number(fmt::format("{:.3g}", value)).value_or(value); }

// A tenfold more on the scales that have one, else half the range.
double widened(const Parameter& parameter, bool is_high) {
  const double bound = is_high ? parameter.high : parameter.low;
  switch (parameter.scale) {
    case Scale::kLog:
      return is_high ? bound * 10 : bound / 10;
    case Scale::kReverseLog:
      return is_high ? 1 - (1 - bound) / 10 : std::max(0.01, 1 - (1 - bound) * 3);
    case Scale::kLinear:
      return bound + (is_high ? 0.5 : -0.5) * (parameter.high - parameter.low);
  }
  return bound;
}

base::Json value_of(const Parameter& parameter, double bound, bool is_high) {
  if (parameter.kind == Kind::kInt) {
    const double whole =
        is_high ? std::ceil(bound) : std::max(std::floor(bound), parameter.scale == Scale::kLog ? 1.0 : -1e15);
    return static_cast<std::int64_t>(whole);
  }
  if (parameter.step) {
    const double from = is_high ? parameter.high : parameter.low;
    return from + std::round((bound - from) / *parameter.step) * *parameter.step;
  }
  return parameter.scale == Scale::kReverseLog ? 1 - rounded(1 - bound) : rounded(bound);
}

}  // namespace

std::vector<Finding> find_edges(const TrialsView& view) {
  std::vector<Finding> findings;
  const std::vector<std::optional<analysis::Edge>>& edges = view.edges();
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const auto& edge = edges[i];
    const std::size_t column = view.modelled()[i];
    const Parameter& parameter = view.parameter(column);
    if (!edge || is_natural(parameter, edge->is_high)) continue;
    const double bound = edge->is_high ? parameter.high : parameter.low;
    const base::Json wider = value_of(parameter, widened(parameter, edge->is_high), edge->is_high);
    const double new_bound = wider.get<double>();
    if (new_bound == bound) continue;
    const char* key = edge->is_high ? "high" : "low";
    findings.push_back({.about = {parameter.name},
                        .says = fmt::format("widen {} {}: results still get better towards its bound {}; try {}: {}",
                                            view.name(column), edge->is_high ? "upward" : "downward",
                                            base::short_number_text(bound), key, base::number_text(new_bound)),
                        .because = {{"bound", base::json_number(bound)},
                                    {"side", key},
                                    {"gain_over_last_fifth", base::json_number(edge->gain)},
                                    {"trials", view.evidence().trials.size()}},
                        .edits = {{parameter.name, key, wider}},
                        .confidence = edge->confidence});
  }
  return findings;
}

}  // namespace sterlet::doctor
