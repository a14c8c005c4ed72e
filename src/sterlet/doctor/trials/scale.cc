#include "sterlet/analysis/scale.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include <fmt/format.h>

#include "sterlet/doctor/trials/rules.h"

namespace sterlet::doctor {

namespace {

using space::Parameter;
using space::Scale;

// Ranges of less than that differ too little between scales.
constexpr double kLogRatioMin = 10, kIntRatioMin = 30, kWindowRatioMin = 5;
constexpr double kProbabilityMin = 0.75;
constexpr double kProbabilityMinOfFew = 0.95;  // Below so many trials, or where results only rise or fall:
constexpr std::size_t kManyTrials = 40;
constexpr double kRelevanceMin = 6;
constexpr double kWideRatio = 100, kPriorOfWide = 0.2, kPriorNearOne = 0.7;  // Of the linear scale.

// Two orders of magnitude are seldom meant evenly; that a range near 1 is may well be.
double prior_of(const Parameter& parameter, const std::vector<Scale>& scales) {
  if (parameter.scale != Scale::kLinear) return 0.5;
  const bool has_log = std::find(scales.begin(), scales.end(), Scale::kLog) != scales.end();
  if (!has_log) return kPriorNearOne;
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

std::vector<Finding> find_wrong_scales(const TrialsView& view) {
  std::vector<Finding> findings;
  if (!view.process()) return findings;
  std::set<std::string> at_edges;
  for (const Finding& edge : find_edges(view)) at_edges.insert(edge.about.front());
  for (const std::size_t column : view.modelled()) {
    const Parameter& parameter = view.parameter(column);
    if (!space::is_numeric(parameter)) continue;
    const bool is_hard = view.evidence().trials.size() < kManyTrials || at_edges.contains(parameter.name);
    const double least = is_hard ? kProbabilityMinOfFew : kProbabilityMin;
    const std::vector<Scale> scales = scales_of(parameter);
    if (scales.size() < 2) continue;
    analysis::ScaleQuestion question{.prior_of_current = prior_of(parameter, scales),
                                     .rest = view.input_without(column)};
    for (std::size_t i = 0; i < scales.size(); ++i) {
      question.candidates.push_back(on(view, column, scales[i]));
      if (scales[i] == parameter.scale) question.current = i;
    }
    const analysis::ScaleVerdict verdict = analysis::judge_scale(question);
    const std::size_t best = verdict.best();
    const double probability = verdict.probabilities[best];
    if (best == question.current || probability < least || verdict.relevance < kRelevanceMin) continue;
    base::Json probabilities = base::Json::object();
    for (std::size_t i = 0; i < scales.size(); ++i) {
      probabilities[std::string(space::text_of(scales[i]))] = base::json_number(verdict.probabilities[i]);
    }
    findings.push_back(
        {.about = {parameter.name},
         .says = fmt::format("{}: results change evenly on a {} scale, not on its {} one (probability "
                             "{:.2f}); use scale: {}",
                             view.name(column), space::text_of(scales[best]), space::text_of(parameter.scale),
                             std::min(probability, 0.99), space::text_of(scales[best])),
         .because = {{"probabilities", std::move(probabilities)}, {"trials", view.evidence().trials.size()}},
         .edits = {{parameter.name, "scale", std::string(space::text_of(scales[best]))}},
         .confidence = std::min(probability, 0.99)});
  }
  return findings;
}

}  // namespace sterlet::doctor
