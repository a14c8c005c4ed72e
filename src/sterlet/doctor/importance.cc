#include "sterlet/doctor/importance.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sterlet/analysis/fanova.h"
#include "sterlet/analysis/pedanova.h"
#include "sterlet/analysis/shapley.h"
#include "sterlet/base/text.h"
#include "sterlet/doctor/evidence.h"

namespace sterlet::doctor {

namespace {

using analysis::Estimate;

constexpr std::size_t kPairsShown = 10;
constexpr std::uint64_t kSeed = 1;
// How far the models' difference may lie from the measured one for its parts to be stretched to it.
constexpr double kStretchMax = 3;

// Columns by the parameter they belong to, parameters in the order of declaration.
struct Group {
  std::size_t parameter = 0;
  std::vector<std::size_t> columns;
};

std::vector<Group> groups_of(const space::Space& space, const Evidence& evidence) {
  std::vector<Group> groups;
  for (std::size_t j = 0; j < evidence.dimensions.size(); ++j) {
    const std::size_t parameter = space.dimensions()[evidence.dimensions[j]].parameter;
    if (groups.empty() || groups.back().parameter != parameter) groups.push_back({.parameter = parameter});
    groups.back().columns.push_back(j);
  }
  return groups;
}

Estimate sum_of(const std::vector<Estimate>& estimates, const std::vector<std::size_t>& columns) {
  Estimate sum;
  for (const std::size_t column : columns) {
    sum.value += estimates[column].value;
    sum.low += estimates[column].low;
    sum.high += estimates[column].high;
  }
  return sum;
}

// The defaults, as far as there are any, the rest in the middle of its range (the first choice of unordered ones).
struct Start {
  space::Point point;
  bool is_default = true;
};

Start start_of(const space::Space& space) {
  if (const auto defaults = space.defaults()) return {.point = *defaults};
  std::vector<double> unit;
  for (const space::Dimension& dimension : space.dimensions()) {
    const space::Parameter& parameter = space.parameters()[dimension.parameter];
    const space::Axis& axis = space.axis(unit.size());
    double at = parameter.kind == space::Kind::kCategorical ? 0.0 : 0.5;
    if (!parameter.defaults.empty()) {
      const std::size_t which = parameter.defaults.size() > 1 ? dimension.element % parameter.defaults.size() : 0;
      const space::Scalar& value = parameter.defaults[which];
      if (!space::is_numeric(parameter)) {
        const auto choice = std::find_if(parameter.choices.begin(), parameter.choices.end(),
                                         [&](const space::Scalar& each) { return space::same_choice(each, value); });
        if (choice != parameter.choices.end()) at = axis.unit(static_cast<double>(choice - parameter.choices.begin()));
      } else if (const auto number = base::number_from_json(space::json_from_scalar(value));
                 number && axis.contains(*number)) {
        at = axis.unit(*number);
      }
    }
    unit.push_back(at);
  }
  return {.point = space.from_unit(unit), .is_default = false};
}

std::vector<std::uint8_t> bins_at(const analysis::BinnedTable& binned, const std::vector<double>& own,
                                  const std::vector<double>& other) {
  std::vector<std::uint8_t> bins;
  for (std::size_t j = 0; j < own.size(); ++j) {
    // What is not active here is put where the other point has it: its parent's step brings it along.
    const double value = std::isnan(own[j]) ? other[j] : own[j];
    bins.push_back(std::isnan(value) ? std::uint8_t{0} : binned.columns[j].bin_of(value));
  }
  return bins;
}

std::optional<std::int64_t> best_of(const study::Study& study, std::size_t objective) {
  std::optional<std::int64_t> best;
  double least = 0;
  const std::vector<std::int64_t> candidates = study.best();
  for (const std::int64_t trial : candidates) {
    const std::vector<double> values = study.values_of(trial);
    if (objective >= values.size() || !std::isfinite(values[objective])) continue;
    const double value = study.spec().objectives[objective].minimised(values[objective]);
    if (best && value >= least) continue;
    best = trial;
    least = value;
  }
  return best;
}

std::optional<double> measured_at(const study::Study& study, const space::Point& point, std::size_t objective) {
  for (const std::int64_t trial : study.history().trials_at(point)) {
    const space::Observation& seen = study.history().trials()[static_cast<std::size_t>(trial)];
    if (seen.outcome != space::Outcome::kComplete || objective >= seen.values.size()) continue;
    if (std::isfinite(seen.values[objective])) return seen.values[objective];
  }
  return std::nullopt;
}

void take_path(const study::Study& study, std::size_t objective, const Evidence& evidence,
               const analysis::Forest& forest, const std::vector<Group>& groups, Importance& out) {
  const auto best = best_of(study, objective);
  if (!best) return;
  const space::Space& space = study.space();
  const Start start = start_of(space);
  const space::Point goal = study.point_of(*best);
  const std::vector<double> from = coordinates(space, evidence.dimensions, start.point);
  const std::vector<double> to = coordinates(space, evidence.dimensions, goal);
  std::vector<std::vector<std::size_t>> players;
  for (const Group& group : groups) players.push_back(group.columns);
  analysis::Shapley shapley = analysis::shapley_values(forest, bins_at(forest.binned, from, to),
                                                       bins_at(forest.binned, to, from), players, kSeed);
  const studyfile::Objective& metric = study.spec().objectives[objective];
  ImportancePath path{.from = space.to_json(start.point),
                      .to = space.to_json(goal),
                      .from_default = start.is_default,
                      .from_value = evidence.unit * shapley.from,
                      .to_value = evidence.unit * shapley.to};
  const auto first = measured_at(study, start.point, objective), last = measured_at(study, goal, objective);
  double stretch = evidence.unit;
  if (first && last) {
    const double predicted = shapley.to - shapley.from, measured = *last / evidence.unit - *first / evidence.unit;
    const double ratio = predicted != 0 ? measured / predicted : 0;
    if (ratio >= 1 / kStretchMax && ratio <= kStretchMax) {
      stretch *= ratio;
      path.is_measured = true;
      path.from_value = *first;
      path.to_value = *last;
    }
  }
  const double sign = metric.direction == studyfile::Direction::kMaximize ? -1 : 1;
  path.from_value *= sign;
  path.to_value *= sign;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    Estimate& share = shapley.shares[i];
    const double low = sign * stretch * share.low, high = sign * stretch * share.high;
    out.rows[i].shapley =
        Estimate{.value = sign * stretch * share.value, .low = std::min(low, high), .high = std::max(low, high)};
  }
  out.path = std::move(path);
}

std::string why_not(const Evidence& evidence, const analysis::Forest& forest) {
  const std::size_t trials = evidence.trials.size();
  if (trials == 0) return "no trial has finished with a value yet";
  const auto [least, most] = std::minmax_element(evidence.table.results.begin(), evidence.table.results.end());
  if (trials > 1 && *least == *most) return fmt::format("all {} trials have the same result", trials);
  if (evidence.dimensions.empty()) return "no parameter has more than one value";
  if (trials < 20) return fmt::format("{} so far, and at least 20 are needed", base::count_text(trials, "trial"));
  if (trials < evidence.table.width()) {
    return fmt::format("{} of {} numbers that are searched, and at least as many trials are needed to tell them apart",
                       base::count_text(trials, "trial"), evidence.table.width());
  }
  return fmt::format("{} explain {:.0f}% of results they have not seen, which is too little to go by",
                     base::count_text(trials, "trial"), 100 * std::max(0.0, forest.explained));
}

base::Json estimate_json(const Estimate& estimate) {
  return {{"value", base::json_number(estimate.value)},
          {"low", base::json_number(estimate.low)},
          {"high", base::json_number(estimate.high)}};
}

base::Json row_json(const ImportanceRow& row) {
  base::Json json{{"param", row.name}, {"tier", row.tier}};
  if (row.fanova) json["fanova"] = estimate_json(*row.fanova);
  if (row.pedanova) {
    json["pedanova"] = estimate_json(*row.pedanova);
    json["pedanova"]["raw"] = base::json_number(row.pedanova_raw);
  }
  if (row.shapley) json["shapley"] = estimate_json(*row.shapley);
  if (row.elements.empty()) return json;
  json["elements"] = base::Json::array();
  for (const ImportanceRow& element : row.elements) json["elements"].push_back(row_json(element));
  return json;
}

base::Json objective_json(const Importance& importance) {
  base::Json json{{"metric", importance.metric}, {"trials", importance.trials}, {"enough", importance.is_enough}};
  if (!importance.is_enough) json["why"] = importance.why;
  json["explained"] = base::json_number(importance.explained);
  json["importance"] = base::Json::array();
  for (const ImportanceRow& row : importance.rows) json["importance"].push_back(row_json(row));
  json["pairs"] = base::Json::array();
  for (const ImportancePair& pair : importance.pairs) {
    base::Json one{{"params", {pair.first, pair.second}}};
    one.update(estimate_json(pair.share));
    json["pairs"].push_back(std::move(one));
  }
  if (importance.path) {
    const ImportancePath& path = *importance.path;
    json["path"] = {{"from", path.from},
                    {"from_default", path.from_default},
                    {"to", path.to},
                    {"from_value", base::json_number(path.from_value)},
                    {"to_value", base::json_number(path.to_value)},
                    {"difference", base::json_number(path.to_value - path.from_value)},
                    {"measured", path.is_measured}};
  }
  return json;
}

}  // namespace

Importance importance_of(const study::Study& study, std::size_t objective) {
  const space::Space& space = study.space();
  const Evidence evidence = gather(space, study.history(), objective);
  const std::vector<Group> groups = groups_of(space, evidence);
  Importance out{.metric = study.spec().objectives[objective].metric, .trials = evidence.trials.size()};
  for (const Group& group : groups) {
    const space::Parameter& parameter = space.parameters()[group.parameter];
    out.rows.push_back({.name = parameter.name, .tier = parameter.tier});
  }
  const analysis::Forest forest = fit_forest(evidence.table, {.seed = kSeed});
  out.explained = std::max(0.0, forest.explained);
  // Of more parameters than trials some go with the result by chance, most of all where a sampler comes back to one place.
  out.is_enough =
      !groups.empty() && evidence.trials.size() >= evidence.table.width() && is_enough(evidence.table, forest);
  if (!out.is_enough) {
    out.why = why_not(evidence, forest);
    return out;
  }
  const analysis::Fanova fanova = analysis::analyse_variance(evidence.table, forest, kSeed);
  std::vector<double> results;
  const auto grid = gather_grid(space, study.history(), evidence, results);
  const std::vector<Estimate> pedanova = analysis::ped_anova_shares(grid, results, kSeed);
  const std::vector<double> raw = analysis::ped_anova(grid, results);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    ImportanceRow& row = out.rows[i];
    row.fanova = sum_of(fanova.shares, groups[i].columns);
    row.pedanova = sum_of(pedanova, groups[i].columns);
    for (const std::size_t column : groups[i].columns) row.pedanova_raw += raw[column];
    if (space.parameters()[groups[i].parameter].repeat.empty()) continue;
    for (const std::size_t column : groups[i].columns) {
      row.elements.push_back({.name = space.dimension_name(evidence.dimensions[column]),
                              .tier = row.tier,
                              .fanova = fanova.shares[column],
                              .pedanova = pedanova[column],
                              .pedanova_raw = raw[column]});
    }
  }
  take_path(study, objective, evidence, forest, groups, out);
  for (const analysis::Fanova::Pair& pair : fanova.pairs) {
    if (out.pairs.size() == kPairsShown || pair.share.value <= 0) break;
    out.pairs.push_back({.first = space.dimension_name(evidence.dimensions[pair.first]),
                         .second = space.dimension_name(evidence.dimensions[pair.second]),
                         .share = pair.share});
  }
  std::stable_sort(out.rows.begin(), out.rows.end(),
                   [](const auto& a, const auto& b) { return a.fanova->value > b.fanova->value; });
  return out;
}

base::Json importance_json(const std::vector<Importance>& objectives) {
  base::Json json{{"version", 1}};
  if (!objectives.empty()) json.update(objective_json(objectives.front()));
  if (objectives.size() > 1) {
    json["objectives"] = base::Json::array();
    for (const Importance& each : objectives) json["objectives"].push_back(objective_json(each));
  }
  return json;
}

std::vector<std::string> tier_surprises(const Importance& importance) {
  struct Surprise {
    double gap = 0;
    std::string text;
  };
  std::vector<Surprise> found;
  if (!importance.is_enough) return {};
  // Each parameter of a low tier that one of a higher tier clearly beats: their intervals are apart.
  for (std::size_t lower = 0; lower < importance.rows.size(); ++lower) {
    const ImportanceRow& weak = importance.rows[lower];
    for (std::size_t upper = 0; upper < lower; ++upper) {
      const ImportanceRow& strong = importance.rows[upper];
      if (strong.tier <= weak.tier || strong.fanova->low <= weak.fanova->high) continue;
      found.push_back(
          {strong.fanova->value - weak.fanova->value,
           fmt::format("{} (tier {}) matters more here than {} (tier {}), which comes {} of {}", strong.name,
                       strong.tier, weak.name, weak.tier, base::ordinal_text(lower + 1), importance.rows.size())});
      break;
    }
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.gap > b.gap; });
  std::vector<std::string> texts;
  for (Surprise& each : found) texts.push_back(std::move(each.text));
  return texts;
}

}  // namespace sterlet::doctor
