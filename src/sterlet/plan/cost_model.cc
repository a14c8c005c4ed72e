#include "sterlet/plan/cost_model.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "sterlet/math/least_squares.h"

namespace sterlet::plan {

namespace {

constexpr std::size_t kPointsMin = 5;
constexpr std::size_t kColumnsMax = 3;
constexpr double kForetoldMin = 0.7;
constexpr double kRidge = 1e-3;

using Rows = std::vector<std::vector<double>>;

double coordinate(const std::vector<double>& row, std::size_t column) {
  return std::isnan(row[column]) ? 0.5 : row[column];
}

// Least squares on 1 and the columns, these drawn a little towards 0.
std::vector<double> fit(const Rows& units, const std::vector<double>& results, const std::vector<std::size_t>& columns,
                        std::optional<std::size_t> left_out) {
  math::LeastSquares squares(columns.size() + 1);
  std::vector<double> row(columns.size() + 1, 1.0);
  double sum = 0, count = 0;
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (left_out && *left_out == i) continue;
    for (std::size_t k = 0; k < columns.size(); ++k) row[k + 1] = coordinate(units[i], columns[k]);
    squares.add(row, results[i]);
    sum += results[i];
    count += 1;
  }
  for (std::size_t k = 0; k < columns.size(); ++k) squares.pull(k + 1, kRidge);
  if (auto line = squares.solve()) return *std::move(line);
  std::vector<double> flat(columns.size() + 1, 0.0);
  flat[0] = sum / count;
  return flat;
}

double at(const std::vector<double>& line, const std::vector<double>& row, const std::vector<std::size_t>& columns) {
  double value = line[0];
  for (std::size_t k = 0; k < columns.size(); ++k) value += line[k + 1] * coordinate(row, columns[k]);
  return value;
}

struct Model {
  bool is_log = true;
  std::vector<std::size_t> columns;
  double squares = std::numeric_limits<double>::infinity();  // Of ln(cost), of points left out one by one.
};

double left_out_squares(const Rows& units, const std::vector<double>& costs, const std::vector<double>& results,
                        const Model& model) {
  double squares = 0, least = *std::min_element(costs.begin(), costs.end());
  for (std::size_t i = 0; i < units.size(); ++i) {
    const double told = at(fit(units, results, model.columns, i), units[i], model.columns);
    const double log_told = model.is_log ? told : std::log(std::max(told, least / 4));
    squares += (log_told - std::log(costs[i])) * (log_told - std::log(costs[i]));
  }
  return squares;
}

}  // namespace

std::optional<std::vector<double>> costs_over(const Rows& units, const std::vector<double>& costs, const Rows& space) {
  if (units.size() < kPointsMin || units.size() != costs.size() || space.empty()) return std::nullopt;
  std::vector<double> logs;
  for (const double cost : costs) logs.push_back(std::log(cost));
  const double none = left_out_squares(units, costs, logs, {});
  Model best;
  for (const bool is_log : {true, false}) {
    const std::vector<double>& results = is_log ? logs : costs;
    Model model{.is_log = is_log};
    // With few points a second column, or a third, fits whatever it is.
    const std::size_t columns_max = std::min(kColumnsMax, (units.size() - 1) / 3);
    while (model.columns.size() < columns_max) {
      Model better = model;
      for (std::size_t column = 0; column < units.front().size(); ++column) {
        Model with{.is_log = is_log, .columns = model.columns};
        with.columns.push_back(column);
        with.squares = left_out_squares(units, costs, results, with);
        if (with.squares < better.squares) better = with;
      }
      if (better.columns.size() == model.columns.size()) break;
      model = better;
    }
    if (model.squares < best.squares) best = model;
  }
  if (!(best.squares < (1 - kForetoldMin) * none)) return std::nullopt;
  const std::vector<double> line = fit(units, best.is_log ? logs : costs, best.columns, std::nullopt);
  const double least = *std::min_element(costs.begin(), costs.end());
  std::vector<double> out;
  for (const std::vector<double>& row : space) {
    const double told = at(line, row, best.columns);
    out.push_back(best.is_log ? std::exp(told) : std::max(told, least / 4));
  }
  return out;
}

}  // namespace sterlet::plan
