#include "sterlet/doctor/trials/trials_view.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sterlet/doctor/trials/column_scale.h"

namespace sterlet::doctor {

namespace {

constexpr std::size_t kColumnsMax = 9;
constexpr double kActiveMin = 0.8;
constexpr double kMayBe = 0.2;  // Another scale that is as probable as that.

// Ranks of the results, correlated with the column and with its distance to the middle: enough to leave out what does
// nothing where there are too many columns for a model.
double strength(const std::vector<double>& column, const std::vector<double>& ranks) {
  const auto correlation = [&](auto value_of) {
    double n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;
    for (std::size_t row = 0; row < column.size(); ++row) {
      if (std::isnan(column[row])) continue;
      const double a = value_of(column[row]), b = ranks[row];
      n += 1;
      x += a;
      y += b;
      xx += a * a;
      yy += b * b;
      xy += a * b;
    }
    const double spread = (n * xx - x * x) * (n * yy - y * y);
    return spread > 0 ? std::abs(n * xy - x * y) / std::sqrt(spread) : 0.0;
  };
  return std::max(correlation([](double a) { return a; }), correlation([](double a) { return std::abs(a - 0.5); }));
}

std::vector<double> ranks_of(const std::vector<double>& results) {
  std::vector<std::size_t> order(results.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return results[a] < results[b]; });
  std::vector<double> ranks(results.size());
  for (std::size_t i = 0; i < order.size(); ++i) ranks[order[i]] = static_cast<double>(i);
  return ranks;
}

}  // namespace

TrialsView::TrialsView(const study::Study& study)
    : study_(study), evidence_(gather(study.space(), study.history(), 0)), importance_(importance_of(study, 0)) {
  rows_ = analysis::rows_to_fit(evidence_.table.results);
  choose_columns();
  if (evidence_.trials.size() < kTrialsToJudge) return;
  const analysis::ProcessInput input = input_without(std::nullopt);
  process_ = analysis::SmoothProcess::fit(input);
  models_ = analysis::ResponseModels::fit(input);
  find_edges();
}

void TrialsView::find_edges() {
  const analysis::ProcessInput input = input_without(std::nullopt);
  for (const std::size_t column : modelled_) {
    std::optional<analysis::Edge>& edge = edges_.emplace_back();
    if (!space::is_numeric(parameter(column))) continue;
    const space::Axis& axis = space().axis(evidence_.dimensions[column]);
    edge = analysis::find_edge(models_, input, place(column), axis.unit(parameter(column).low),
                               axis.unit(parameter(column).high));
    if (!edge) continue;
    const auto scale = scale_of(*this, column);
    for (std::size_t i = 0; scale && edge && i < scale->scales.size(); ++i) {
      const bool may_be = i != scale->current && scale->verdict.probabilities[i] >= kMayBe;
      if (may_be && !has_edge_on(*this, column, scale->scales[i])) edge.reset();
    }
  }
}

const space::Parameter& TrialsView::parameter(std::size_t column) const {
  return space().parameters()[space().dimensions()[evidence_.dimensions[column]].parameter];
}

std::size_t TrialsView::complete() const {
  return static_cast<std::size_t>(std::count(evidence_.is_complete.begin(), evidence_.is_complete.end(), true));
}

void TrialsView::choose_columns() {
  const analysis::TrialTable& table = evidence_.table;
  const std::vector<double> ranks = ranks_of(table.results);
  std::vector<double> strengths;
  for (std::size_t j = 0; j < table.width(); ++j) {
    const std::vector<double>& values = table.columns[j].values;
    const auto absent = std::count_if(values.begin(), values.end(), [](double value) { return std::isnan(value); });
    const double active = 1 - static_cast<double>(absent) / std::max(1.0, static_cast<double>(values.size()));
    strengths.push_back(strength(values, ranks));
    if (active >= kActiveMin) modelled_.push_back(j);
  }
  std::stable_sort(modelled_.begin(), modelled_.end(), [&](auto a, auto b) { return strengths[a] > strengths[b]; });
  modelled_.resize(std::min(modelled_.size(), kColumnsMax));
  std::sort(modelled_.begin(), modelled_.end());
}

std::vector<double> TrialsView::values(std::size_t column) const {
  std::vector<double> out;
  for (const std::size_t row : rows_) {
    const double value = evidence_.table.columns[column].values[row];
    out.push_back(std::isnan(value) ? 0.5 : value);
  }
  return out;
}

analysis::ProcessInput TrialsView::input_without(std::optional<std::size_t> column) const {
  analysis::ProcessInput input;
  for (const std::size_t j : modelled_) {
    if (j == column) continue;
    (evidence_.table.columns[j].choices == 0 ? input.ordered : input.unordered).push_back(values(j));
  }
  for (const std::size_t row : rows_) input.results.push_back(evidence_.table.results[row]);
  return input;
}

std::size_t TrialsView::place(std::size_t column) const {
  std::size_t place = 0;
  for (const std::size_t j : modelled_) {
    if (j == column) break;
    if (evidence_.table.columns[j].choices == 0) ++place;
  }
  return place;
}

}  // namespace sterlet::doctor
