#include "sterlet/analysis/scale.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "sterlet/analysis/bowl.h"
#include "sterlet/analysis/response_model.h"
#include "sterlet/analysis/smooth_process.h"

namespace sterlet::analysis {

namespace {

using Measure = ResponseModel::Measure;

// What evidence of processes counts, and of bowls, for the log odds of a scale: less and less, the more it is, as no model is the
// truth. Undiminished they were sure of the wrong scale in 5% of studies.
constexpr double kOfProcesses = 0.95, kOfBowls = 1.25, kEvidenceUnit = 4;
constexpr double kLikelyWithin = 12;  // Of the best evidence: measures that may be the right ones.

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

constexpr std::array kMeasures = {Measure::kEven, Measure::kBest, Measure::kGood, Measure::kWorst};
using Models = std::array<std::optional<ResponseModel>, kMeasures.size()>;

// Of the column being a bowl, in the measures that may be the right ones. `like`: the models of the scale that was looked at first,
// or what becomes them.
std::optional<double> log_evidence_of_bowls(const ProcessInput& input, Models& like) {
  const std::size_t column = input.ordered.size() - 1;
  Models models;
  std::optional<double> most, sum;
  for (std::size_t i = 0; i < kMeasures.size(); ++i) {
    models[i] = ResponseModel::fit(input, {.measure = kMeasures[i]}, like[i] ? &*like[i] : nullptr);
    if (models[i]) most = std::max(most.value_or(models[i]->log_evidence()), models[i]->log_evidence());
  }
  for (std::size_t i = 0; i < kMeasures.size(); ++i) {
    if (!models[i]) continue;
    if (models[i]->log_evidence() > *most - kLikelyWithin) {
      const auto bowl = fit_bowl(*models[i], column, input.ordered[column], 0, 1);
      if (bowl) sum = sum ? log_sum(*sum, bowl->log_evidence) : bowl->log_evidence;
    }
    if (!like[i]) like[i] = std::move(models[i]);
  }
  return sum;
}

double counted(double evidence) { return std::asinh(evidence / kEvidenceUnit); }

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
  const ProcessInput current = with_column(question, question.current);
  Models like;
  const auto processes = log_evidence(current), bowls = log_evidence_of_bowls(current, like);
  if (!processes || !bowls) return verdict;
  verdict.relevance = *processes - *without;
  std::vector<double> evidence(count, 0.0);  // More than that of the current scale.
  for (std::size_t i = 0; i < count; ++i) {
    if (i == question.current) continue;
    const ProcessInput input = with_column(question, i);
    const auto own_processes = log_evidence(input), own_bowls = log_evidence_of_bowls(input, like);
    if (!own_processes || !own_bowls) {
      verdict.relevance = 0;
      return verdict;
    }
    verdict.relevance = std::max(verdict.relevance, *own_processes - *without);
    evidence[i] = kOfProcesses * counted(*own_processes - *processes) + kOfBowls * counted(*own_bowls - *bowls);
  }
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
