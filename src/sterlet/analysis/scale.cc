#include "sterlet/analysis/scale.h"

#include <algorithm>
#include <cmath>

#include "sterlet/analysis/smooth_process.h"

namespace sterlet::analysis {

namespace {

// Evidence counts by this much: with noise of a third of the spread, undiminished it was sure of the wrong scale in 5%
// of studies.
constexpr double kTemper = 0.7;

}  // namespace

std::size_t ScaleVerdict::best() const {
  return static_cast<std::size_t>(std::max_element(probabilities.begin(), probabilities.end()) - probabilities.begin());
}

ScaleVerdict judge_scale(const ScaleQuestion& question) {
  const std::size_t count = question.candidates.size();
  ScaleVerdict verdict;
  verdict.probabilities.assign(count, 0.5 / static_cast<double>(count - 1));
  verdict.probabilities[question.current] = 0.5;
  const auto without = SmoothProcess::fit(question.rest);
  if (!without) return verdict;
  std::vector<double> evidence;
  for (const auto& candidate : question.candidates) {
    ProcessInput input = question.rest;
    input.ordered.push_back(candidate);
    const auto with = SmoothProcess::fit(input);
    if (!with) return verdict;
    evidence.push_back(with->log_evidence());
  }
  const double most = *std::max_element(evidence.begin(), evidence.end());
  verdict.relevance = most - without->log_evidence();
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    verdict.probabilities[i] *= std::exp(kTemper * (evidence[i] - most));
    sum += verdict.probabilities[i];
  }
  for (double& probability : verdict.probabilities) probability /= sum;
  return verdict;
}

}  // namespace sterlet::analysis
