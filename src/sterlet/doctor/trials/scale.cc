#include <algorithm>
#include <set>
#include <string>

#include <fmt/format.h>

#include "sterlet/doctor/trials/column_scale.h"
#include "sterlet/doctor/trials/rules.h"

namespace sterlet::doctor {

namespace {

constexpr double kProbabilityMinOfFew = 0.95;  // Below so many trials, or where results only rise or fall:
constexpr std::size_t kManyTrials = 40;
// Of the variance: a parameter of less has no scale.
constexpr double kIdleShareMax = 0.01, kIdleHighMax = 0.06;

bool is_idle(const TrialsView& view, const std::string& name) {
  if (!view.importance().is_enough) return false;
  for (const ImportanceRow& row : view.importance().rows) {
    if (row.name == name && row.fanova) return row.fanova->value < kIdleShareMax && row.fanova->high < kIdleHighMax;
  }
  return false;
}

}  // namespace

std::vector<Finding> find_wrong_scales(const TrialsView& view) {
  std::vector<Finding> findings;
  std::set<std::string> at_edges;
  for (const Finding& edge : find_edges(view)) at_edges.insert(edge.about.front());
  for (const std::size_t column : view.modelled()) {
    const space::Parameter& parameter = view.parameter(column);
    if (view.models().models.empty() || is_idle(view, parameter.name)) continue;
    const auto scale = scale_of(view, column);
    if (!scale || !scale->is_other()) continue;
    const bool is_hard = view.evidence().trials.size() < kManyTrials || at_edges.contains(parameter.name);
    const double probability = scale->probability();
    if (is_hard && probability < kProbabilityMinOfFew) continue;
    base::Json probabilities = base::Json::object();
    for (std::size_t i = 0; i < scale->scales.size(); ++i) {
      probabilities[std::string(space::text_of(scale->scales[i]))] = base::json_number(scale->verdict.probabilities[i]);
    }
    const std::string best(space::text_of(scale->best()));
    findings.push_back(
        {.about = {parameter.name},
         .says =
             fmt::format("{}: results change evenly on a {} scale, not on its {} one (probability "
                         "{:.2f}); use scale: {}",
                         view.name(column), best, space::text_of(parameter.scale), std::min(probability, 0.99), best),
         .because = {{"probabilities", std::move(probabilities)}, {"trials", view.evidence().trials.size()}},
         .edits = {{parameter.name, "scale", best}},
         .confidence = std::min(probability, 0.99)});
  }
  return findings;
}

}  // namespace sterlet::doctor
