#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/analysis/failures.h"
#include "sterlet/base/text.h"
#include "sterlet/doctor/trials/rules.h"

namespace sterlet::doctor {

namespace {

using space::Outcome;
using space::Parameter;

constexpr std::size_t kFailedMin = 3;  // And more than half of all: then something is wrong that no bound mends.

struct Ended {
  std::vector<const space::Observation*> trials;
  std::vector<bool> failed;
};

Ended ended_trials(const space::History& history) {
  Ended ended;
  for (const space::Observation& trial : history.trials()) {
    const bool is_failed = trial.outcome == Outcome::kFailed;
    if (!is_failed && trial.outcome != Outcome::kComplete && trial.outcome != Outcome::kPruned) continue;
    ended.trials.push_back(&trial);
    ended.failed.push_back(is_failed);
  }
  return ended;
}

std::string side_text(const TrialsView& view, const analysis::FailureSide& side) {
  const Parameter& parameter = view.parameter(side.column);
  const std::string name = view.name(side.column);
  const space::Axis& axis = view.space().axis(view.evidence().dimensions[side.column]);
  if (parameter.kind == space::Kind::kCategorical) {
    return fmt::format("{} = {}", name, space::text_of(parameter.choices[static_cast<std::size_t>(side.low)]));
  }
  const auto shown = [&](double unit) {
    const double value = axis.value(unit);
    return space::is_numeric(parameter) ? base::short_number_text(value)
                                        : space::text_of(parameter.choices[static_cast<std::size_t>(value)]);
  };
  return side.is_upper ? fmt::format("{} >= {}", name, shown(side.low))
                       : fmt::format("{} <= {}", name, shown(side.high));
}

// A bound that leaves the region out, of a numeric parameter.
std::vector<Edit> edits_of(const TrialsView& view, const analysis::FailureRegion& region) {
  if (region.sides.size() != 1) return {};
  const analysis::FailureSide& side = region.sides.front();
  const Parameter& parameter = view.parameter(side.column);
  if (parameter.kind != space::Kind::kFloat || !parameter.repeat.empty()) return {};
  const space::Axis& axis = view.space().axis(view.evidence().dimensions[side.column]);
  const double value = axis.value(side.is_upper ? side.low : side.high);
  const double bound = base::parse_number(fmt::format("{:.3g}", value)).value_or(value);
  if (bound <= parameter.low || bound >= parameter.high) return {};
  return {{parameter.name, side.is_upper ? "high" : "low", bound}};
}

}  // namespace

std::vector<Finding> find_failures(const TrialsView& view) {
  const Ended ended = ended_trials(view.study().history());
  const auto failed = static_cast<std::size_t>(std::count(ended.failed.begin(), ended.failed.end(), true));
  if (failed == 0) return {};
  if (failed == ended.failed.size()) {
    return {{.says = fmt::format(
                 "{} failed: see why with sterlet logs {} {}",
                 failed == 1 ? std::string("the only trial that ended") : fmt::format("all {} trials", failed),
                 view.study().spec().name, ended.trials.back()->number),
             .because = {{"failed", failed}, {"trials", failed}},
             .confidence = 0.99}};
  }
  std::vector<analysis::Column> columns = view.evidence().table.columns;
  for (analysis::Column& column : columns) column.values.clear();
  for (const space::Observation* trial : ended.trials) {
    const std::vector<double> row = coordinates(view.space(), view.evidence().dimensions, trial->point);
    for (std::size_t j = 0; j < row.size(); ++j) columns[j].values.push_back(row[j]);
  }
  const auto region = analysis::find_failure_region(columns, ended.failed);
  if (!region && failed >= kFailedMin && 2 * failed > ended.failed.size()) {
    const auto last = std::find(ended.failed.rbegin(), ended.failed.rend(), true);
    const auto place = static_cast<std::size_t>(ended.failed.rend() - last) - 1;
    return {{.says = fmt::format("{} of {} trials failed, in no region by itself: see why with sterlet logs {} {}",
                                 failed, ended.failed.size(), view.study().spec().name, ended.trials[place]->number),
             .because = {{"failed", failed}, {"trials", ended.failed.size()}},
             .confidence = 0.95}};
  }
  if (!region) return {};
  std::vector<std::string> about, sides;
  base::Json bounds = base::Json::array();
  for (const analysis::FailureSide& side : region->sides) {
    about.push_back(view.parameter(side.column).name);
    sides.push_back(side_text(view, side));
    bounds.push_back(sides.back());
  }
  return {{.about = std::move(about),
           .says = fmt::format("{} of {} trials with {} failed, {} of the {} others; leave that region out, or see why "
                               "they fail",
                               region->failed_inside, region->inside, fmt::join(sides, " and "),
                               failed - region->failed_inside, ended.failed.size() - region->inside),
           .because = {{"region", std::move(bounds)},
                       {"failed_inside", region->failed_inside},
                       {"inside", region->inside},
                       {"failed", failed},
                       {"trials", ended.failed.size()},
                       {"chance", base::json_number(region->chance)}},
           .edits = edits_of(view, *region),
           .confidence = std::min(0.99, 1 - region->chance)}};
}

}  // namespace sterlet::doctor
