#include "sterlet/doctor/evidence.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace sterlet::doctor {

namespace {

using space::Kind;
using space::Outcome;
using space::Parameter;
using space::Scale;

// Draws that say how often a dimension is active.
constexpr std::uint64_t kDraws = 400;
constexpr double kOutlierRanges = 10;

const Parameter& parameter_of(const space::Space& space, std::size_t dimension) {
  return space.parameters()[space.dimensions()[dimension].parameter];
}

bool is_searched(const Parameter& parameter) {
  return space::is_numeric(parameter) ? parameter.low < parameter.high : parameter.choices.size() > 1;
}

std::optional<double> result_of(const space::Observation& trial, std::size_t objective) {
  if (trial.outcome == Outcome::kComplete && objective < trial.values.size() &&
      std::isfinite(trial.values[objective])) {
    return trial.values[objective];
  }
  if (trial.outcome == Outcome::kPruned && objective == 0 && trial.predicted_sd > 0 &&
      std::isfinite(trial.predicted_final)) {
    return trial.predicted_final;
  }
  return std::nullopt;
}

void draw_in_outliers(std::vector<double>& results) {
  if (results.size() < 4) return;
  std::vector<double> sorted = results;
  std::sort(sorted.begin(), sorted.end());
  const double first = sorted[sorted.size() / 4], third = sorted[sorted.size() * 3 / 4];
  const double reach = kOutlierRanges * (third - first);
  if (reach <= 0) return;
  for (double& result : results) result = std::clamp(result, first - reach, third + reach);
}

double take_unit(std::vector<double>& results) {
  double largest = 0;
  for (const double result : results) largest = std::max(largest, std::fabs(result));
  if (largest == 0) return 1;
  const int exponent = std::ilogb(largest);
  for (double& result : results) result = std::scalbn(result, -exponent);
  return std::scalbn(1.0, exponent);
}

std::vector<std::size_t> deciders_of(const space::Space& space, const Parameter& parameter) {
  std::vector<std::size_t> parameters;
  if (!parameter.when.empty()) {
    if (const auto condition = space::Expression::parse(parameter.when, space.parameters())) {
      parameters = condition->uses();
    }
  }
  if (const auto count = space.find_parameter(parameter.repeat)) parameters.push_back(*count);
  return parameters;
}

void find_deciders(const space::Space& space, Evidence& evidence) {
  for (std::size_t j = 0; j < evidence.dimensions.size(); ++j) {
    for (const std::size_t parameter : deciders_of(space, parameter_of(space, evidence.dimensions[j]))) {
      const std::size_t dimension = space.first_dimension(parameter);
      const auto found = std::find(evidence.dimensions.begin(), evidence.dimensions.end(), dimension);
      if (found == evidence.dimensions.end()) continue;
      evidence.table.columns[j].deciders.push_back(static_cast<std::size_t>(found - evidence.dimensions.begin()));
    }
  }
}

void find_active_shares(const space::Space& space, Evidence& evidence) {
  const std::size_t width = evidence.dimensions.size();
  const bool has_conditions = std::any_of(space.parameters().begin(), space.parameters().end(),
                                          [](const auto& each) { return !each.when.empty() || !each.repeat.empty(); });
  if (!has_conditions) return;
  std::vector<double>& shares = evidence.table.both_active;
  shares.assign(width * width, 0.0);
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    const space::Point point = space.draw({.seed = 1, .trial = i, .stream = analysis::kAnalysisStream});
    for (std::size_t j = 0; j < width; ++j) {
      if (std::isnan(point.values[evidence.dimensions[j]])) continue;
      for (std::size_t k = 0; k < width; ++k) {
        if (!std::isnan(point.values[evidence.dimensions[k]])) shares[j * width + k] += 1.0 / kDraws;
      }
    }
  }
  for (std::size_t j = 0; j < width; ++j) shares[j * width + j] = std::max(shares[j * width + j], 1.0 / kDraws);
}

}  // namespace

double on_scale(Scale scale, double value) {
  switch (scale) {
    case Scale::kLinear:
      return value;
    case Scale::kLog:
      return std::log(value);
    case Scale::kReverseLog:
      return -std::log1p(-value);
  }
  return value;
}

std::vector<double> coordinates(const space::Space& space, const std::vector<std::size_t>& dimensions,
                                const space::Point& point) {
  std::vector<double> out;
  for (const std::size_t dimension : dimensions) {
    const double value = point.values[dimension];
    const space::Axis& axis = space.axis(dimension);
    out.push_back(std::isnan(value) || !axis.ordered() ? value : axis.unit(value));
  }
  return out;
}

Evidence gather(const space::Space& space, const space::History& history, std::size_t objective) {
  Evidence evidence;
  for (std::size_t dimension = 0; dimension < space.dimensions().size(); ++dimension) {
    const Parameter& parameter = parameter_of(space, dimension);
    if (!is_searched(parameter)) continue;
    evidence.dimensions.push_back(dimension);
    analysis::Column column;
    if (parameter.kind == Kind::kCategorical) column.choices = parameter.choices.size();
    evidence.table.columns.push_back(std::move(column));
  }
  for (const space::Observation& trial : history.trials()) {
    const auto result = result_of(trial, objective);
    if (!result) continue;
    evidence.table.results.push_back(*result);
    evidence.trials.push_back(trial.number);
    evidence.is_complete.push_back(trial.outcome == Outcome::kComplete);
    const std::vector<double> row = coordinates(space, evidence.dimensions, trial.point);
    for (std::size_t j = 0; j < row.size(); ++j) evidence.table.columns[j].values.push_back(row[j]);
  }
  draw_in_outliers(evidence.table.results);
  evidence.unit = take_unit(evidence.table.results);
  find_deciders(space, evidence);
  find_active_shares(space, evidence);
  return evidence;
}

std::vector<analysis::GridColumn> gather_grid(const space::Space& space, const space::History& history,
                                              const Evidence& evidence, std::vector<double>& results) {
  std::vector<analysis::GridColumn> columns;
  for (const std::size_t dimension : evidence.dimensions) {
    const Parameter& parameter = parameter_of(space, dimension);
    analysis::GridColumn column;
    if (space::is_numeric(parameter)) {
      const double step = parameter.step.value_or(parameter.kind == Kind::kInt ? 1 : 0);
      column.low = on_scale(parameter.scale, parameter.low);
      column.high = on_scale(parameter.scale, parameter.high);
      column.steps = analysis::grid_steps(parameter.low, parameter.high, parameter.scale == Scale::kLinear ? step : 0,
                                          parameter.kind == Kind::kInt && parameter.scale != Scale::kLinear);
    } else {
      column.high = static_cast<double>(parameter.choices.size() - 1);
      column.steps = parameter.choices.size();
      column.ordered = parameter.kind == Kind::kOrdinal;
    }
    columns.push_back(std::move(column));
  }
  results.clear();
  for (std::size_t row = 0; row < evidence.trials.size(); ++row) {
    if (!evidence.is_complete[row]) continue;
    results.push_back(evidence.table.results[row]);
    const space::Observation& trial = history.trials()[static_cast<std::size_t>(evidence.trials[row])];
    for (std::size_t j = 0; j < columns.size(); ++j) {
      const double value = trial.point.values[evidence.dimensions[j]];
      const Parameter& parameter = parameter_of(space, evidence.dimensions[j]);
      columns[j].values.push_back(space::is_numeric(parameter) ? on_scale(parameter.scale, value) : value);
    }
  }
  return columns;
}

}  // namespace sterlet::doctor
