#include "sterlet/analysis/scale.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "sterlet/analysis/response_model.h"
#include "sterlet/analysis/smooth_process.h"

namespace sterlet::analysis {

namespace {

using Measure = ResponseModel::Measure;

// The evidence of either kind of model counts by this much: with noise of a third of the spread, undiminished it was sure of
// the wrong scale in 5% of studies.
constexpr double kTemper = 0.3;
constexpr std::size_t kMeasures = 2;  // So many of them are looked at, the likeliest on the current scale.

double log_sum(double a, double b) { return std::max(a, b) + std::log1p(std::exp(-std::abs(a - b))); }

// Of both shapes: a column may bend sharply on its right scale, too, and then a smooth process fits it better on a wrong one,
// where the trials hardly show the bend.
std::optional<double> log_evidence(const ProcessInput& input) {
  const auto smooth = SmoothProcess::fit(input, SmoothProcess::Shape::kSmooth);
  const auto rough = SmoothProcess::fit(input, SmoothProcess::Shape::kRough);
  if (!smooth || !rough) return std::nullopt;
  return log_sum(smooth->log_evidence(), rough->log_evidence()) - std::log(2.0);
}

ProcessInput with_column(const ScaleQuestion& question, std::size_t candidate) {
  ProcessInput input = question.rest;
  input.ordered.push_back(question.candidates[candidate]);
  return input;
}

struct Measured {
  Measure measure;
  ResponseModel model;
};

// In the measures that are likeliest.
std::vector<Measured> likely_models(const ProcessInput& input) {
  std::vector<Measured> found;
  for (const Measure measure : {Measure::kEven, Measure::kBest, Measure::kGood, Measure::kWorst}) {
    auto model = ResponseModel::fit(input, {.measure = measure});
    if (model) found.push_back({measure, *std::move(model)});
  }
  std::stable_sort(found.begin(), found.end(), [](const Measured& a, const Measured& b) {
    return a.model.log_evidence() > b.model.log_evidence();
  });
  found.erase(found.begin() + static_cast<std::ptrdiff_t>(std::min(kMeasures, found.size())), found.end());
  return found;
}

// Of the same measures.
std::optional<double> log_evidence(const ProcessInput& input, const std::vector<Measured>& like) {
  std::optional<double> sum;
  for (const Measured& each : like) {
    const auto model = ResponseModel::fit(input, {.measure = each.measure}, &each.model);
    if (model) sum = sum ? log_sum(*sum, model->log_evidence()) : model->log_evidence();
  }
  return sum;
}

}  // namespace

std::size_t ScaleVerdict::best() const {
  return static_cast<std::size_t>(std::max_element(probabilities.begin(), probabilities.end()) - probabilities.begin());
}

ScaleVerdict judge_scale(const ScaleQuestion& question) {
  const std::size_t count = question.candidates.size();
  ScaleVerdict verdict;
  verdict.probabilities.assign(count, (1 - question.prior_of_current) / static_cast<double>(count - 1));
  verdict.probabilities[question.current] = question.prior_of_current;
  const auto without = log_evidence(question.rest);
  if (!without) return verdict;
  const std::vector<Measured> current = likely_models(with_column(question, question.current));
  std::vector<double> together, alone;
  for (std::size_t i = 0; i < count; ++i) {
    const ProcessInput input = with_column(question, i);
    const auto process = log_evidence(input), columns = log_evidence(input, current);
    if (!process || !columns) return verdict;
    together.push_back(*process);
    alone.push_back(*columns);
  }
  verdict.relevance = *std::max_element(together.begin(), together.end()) - *without;
  std::vector<double> evidence;
  for (std::size_t i = 0; i < count; ++i) evidence.push_back(kTemper * (together[i] + alone[i]));
  const double most = *std::max_element(evidence.begin(), evidence.end());
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    verdict.probabilities[i] *= std::exp(evidence[i] - most);
    sum += verdict.probabilities[i];
  }
  for (double& probability : verdict.probabilities) probability /= sum;
  return verdict;
}

}  // namespace sterlet::analysis
