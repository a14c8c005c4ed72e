#include "sterlet/doctor/trials/column_scale.h"

#include <algorithm>
#include <cmath>

#include "sterlet/analysis/edge.h"

namespace sterlet::doctor {

namespace {

using space::Parameter;
using space::Scale;

// Ranges of less than that differ too little between scales.
constexpr double kLogRatioMin = 10, kIntRatioMin = 30, kWindowRatioMin = 5;
constexpr double kProbabilityMin = 0.6, kRelevanceMin = 6;
constexpr double kWideRatio = 100, kPriorOfWide = 0.3;  // Of the linear scale.

// Two orders of magnitude are seldom meant evenly.
double prior_of(const Parameter& parameter, const std::vector<Scale>& scales) {
  const bool has_log = std::find(scales.begin(), scales.end(), Scale::kLog) != scales.end();
  if (parameter.scale != Scale::kLinear || !has_log) return 0.5;
  return parameter.high / parameter.low >= kWideRatio ? kPriorOfWide : 0.5;
}

std::vector<Scale> scales_of(const Parameter& parameter) {
  std::vector<Scale> scales = {Scale::kLinear};
  const double ratio = parameter.kind == space::Kind::kInt ? kIntRatioMin : kLogRatioMin;
  if (parameter.low > 0 && parameter.high / parameter.low > ratio) scales.push_back(Scale::kLog);
  const bool is_within = parameter.kind == space::Kind::kFloat && parameter.low > 0 && parameter.high < 1;
  if (is_within && (1 - parameter.low) / (1 - parameter.high) > kWindowRatioMin) scales.push_back(Scale::kReverseLog);
  if (std::find(scales.begin(), scales.end(), parameter.scale) == scales.end()) scales.push_back(parameter.scale);
  return scales;
}

// Where a column's values lie on another scale, in [0, 1].
std::vector<double> on(const TrialsView& view, std::size_t column, Scale scale) {
  const Parameter& parameter = view.parameter(column);
  const double low = on_scale(scale, parameter.low), high = on_scale(scale, parameter.high);
  const std::size_t dimension = view.evidence().dimensions[column];
  std::vector<double> out;
  for (const std::size_t row : view.rows()) {
    const std::int64_t trial = view.evidence().trials[row];
    const double value = view.study().history().trials()[static_cast<std::size_t>(trial)].point.values[dimension];
    const bool is_on = !std::isnan(value) && value >= parameter.low;  // 0 of a log scale is at its end.
    out.push_back(std::isnan(value) ? 0.5 : is_on ? (on_scale(scale, value) - low) / (high - low) : 0.0);
  }
  return out;
}

}  // namespace

bool ColumnScale::is_other() const {
  return verdict.best() != current && probability() >= kProbabilityMin && verdict.relevance >= kRelevanceMin;
}

std::optional<ColumnScale> scale_of(const TrialsView& view, std::size_t column) {
  const Parameter& parameter = view.parameter(column);
  if (!space::is_numeric(parameter)) return std::nullopt;
  ColumnScale out{.scales = scales_of(parameter), .verdict = {}};
  if (out.scales.size() < 2) return std::nullopt;
  analysis::ScaleQuestion question{.prior_of_current = prior_of(parameter, out.scales),
                                   .rest = view.input_without(column)};
  for (std::size_t i = 0; i < out.scales.size(); ++i) {
    question.candidates.push_back(on(view, column, out.scales[i]));
    if (out.scales[i] == parameter.scale) out.current = i;
  }
  question.current = out.current;
  out.verdict = analysis::judge_scale(question);
  return out;
}

bool has_edge_on(const TrialsView& view, std::size_t column, Scale scale) {
  analysis::ProcessInput input = view.input_without(std::nullopt);
  input.ordered[view.place(column)] = on(view, column, scale);
  return analysis::find_edge(analysis::ResponseModels::fit(input), input, view.place(column), 0, 1).has_value();
}

}  // namespace sterlet::doctor
