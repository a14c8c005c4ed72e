#include "sterlet/analysis/edge.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

#include "sterlet/analysis/bowl.h"
#include "sterlet/analysis/square_matrix.h"
#include "sterlet/analysis/trial_table.h"
#include "sterlet/base/rng.h"
#include "sterlet/math/dense.h"

namespace sterlet::analysis {

namespace {

constexpr std::size_t kBestRows = 8;
// Of the range, close at its ends.
constexpr std::array kPlaces = {0.0, 0.025, 0.05, 0.075, 0.1,  0.125, 0.15, 0.2,   0.25, 0.3,   0.4, 0.5,
                                0.6, 0.7,   0.75, 0.8,   0.85, 0.875, 0.9,  0.925, 0.95, 0.975, 1.0};
constexpr std::size_t kCount = kPlaces.size(), kMiddle = kCount / 2, kFifth = 7, kAtBound = 1;
constexpr double kRounding = 1e-9;
constexpr double kTrialsMin = 2;  // So many in the fifth of the range before the end: else it is not known.
constexpr int kDraws = 400;
// How likely an edge must be, by the process and by bowls: one that is missed ends a search beside its best, one too many costs a
// wider range. And how likely by the process for bowls to be asked; neither is believed to be surer than the floor.
constexpr double kConfidenceMin = 0.25, kMayBe = 0.05, kFloor = 0.003;
constexpr double kModelWeightMin = 0.1, kNoiseOfBowls = 0.06;
// The end must be better than the middle for certain, so that the column matters there: by so many standard deviations, and by so
// much of the results' spread, or by little where that is quite sure.
constexpr double kSureMin = 2.5, kShareMin = 0.4, kQuiteSure = 4, kShareMinIfSure = 0.15;
// A search that gathers at the end leaves the middle unknown. With a third of the trials in the last fifth it is enough that the end
// is better than that fifth before it; with a third in the last twentieth, that much speaks for it.
constexpr double kGathered = 1.0 / 3, kSureMinOfFifth = 2, kShareMinOfFifth = 0.1;
constexpr double kTwentieth = 0.05, kSureMinIfGathered = 1.2, kShareMinIfGathered = 0.6;

// The rows that are best but for their noise.
std::vector<std::vector<double>> best_points(const ResponseModel& model, const ProcessInput& input) {
  std::vector<double> expected;
  for (std::size_t row = 0; row < input.results.size(); ++row) expected.push_back(model.expected(row));
  std::vector<std::size_t> rows(input.results.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  std::stable_sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) { return expected[a] < expected[b]; });
  rows.resize(std::min(rows.size(), kBestRows));
  std::vector<std::vector<double>> points;
  for (const std::size_t row : rows) {
    std::vector<double> point;
    for (const auto& each : input.ordered) point.push_back(each[row]);
    for (const auto& each : input.unordered) point.push_back(each[row]);
    points.push_back(std::move(point));
  }
  return points;
}

// Shares of the trials that lie in the last fifth of the range before an end, and in the last twentieth.
struct Gathered {
  double in_fifth = 0, in_twentieth = 0;

  static Gathered at(const std::vector<double>& values, double first, double last, bool is_high) {
    Gathered out;
    const double each = 1 / static_cast<double>(values.size());
    for (const double value : values) {
      const double place = (value - first) / (last - first), from_end = is_high ? 1 - place : place;
      if (from_end <= kPlaces[kFifth] + kRounding) out.in_fifth += each;
      if (from_end <= kTwentieth + kRounding) out.in_twentieth += each;
    }
    return out;
  }
};

// Of draws, by how much one place is better than another, in the mean, and that squared.
struct Lead {
  double mean = 0, squared = 0;

  void add(double weight, double by) {
    mean += weight * by;
    squared += weight * by * by;
  }
  double sure() const { return mean / std::sqrt(std::max(squared - mean * mean, 1e-12)); }
};

// Of draws of what a column may do, the low end and the high one: what share of them has its best there, and how much better it is
// than the middle, and than a fifth of the range before it.
struct End {
  double best = 0;
  Lead over_middle, over_fifth;

  bool may_be_edge(const Gathered& gathered) const {
    if (best < kMayBe || over_fifth.mean <= 0) return false;
    const double sure = over_middle.sure();
    if (sure >= kSureMin && over_middle.mean >= (sure < kQuiteSure ? kShareMin : kShareMinIfSure)) return true;
    if (gathered.in_twentieth >= kGathered && sure >= kSureMinIfGathered && over_middle.mean >= kShareMinIfGathered) {
      return true;
    }
    return gathered.in_fifth >= kGathered && over_fifth.sure() >= kSureMinOfFifth &&
           over_fifth.mean >= kShareMinOfFifth;
  }
};
using Ends = std::array<End, 2>;

// A factor of the covariance, U'U; what rounding leaves below zero is taken for noise.
SquareMatrix factor_of(const SmoothProcess::Profile& profile) {
  double largest = 0;
  for (std::size_t i = 0; i < kCount; ++i) largest = std::max(largest, profile.covariance[i * kCount + i]);
  for (double jitter = 1e-9; jitter < 1 && largest > 0; jitter *= 10) {
    SquareMatrix factor(kCount);
    for (std::size_t i = 0; i < kCount; ++i) {
      for (std::size_t k = i; k < kCount; ++k) factor.at(i, k) = profile.covariance[i * kCount + k];
      factor.at(i, i) += jitter * largest;
    }
    if (math::factor(factor.values.data(), factor.stride, 0, kCount, kCount, 0) == kCount) return factor;
  }
  return SquareMatrix(kCount);
}

void draw(const SmoothProcess::Profile& profile, int draws, double weight, base::RandomStream& stream, Ends& ends) {
  SquareMatrix factor = factor_of(profile);
  std::array<double, kCount> chance{};
  for (int i = 0; i < draws; ++i) {
    std::vector<double> drawn = profile.mean;
    for (double& each : chance) each = stream.normal();
    for (std::size_t k = 0; k < kCount; ++k) {
      for (std::size_t place = k; place < kCount; ++place) drawn[place] += factor.at(k, place) * chance[k];
    }
    const auto best = static_cast<std::size_t>(std::min_element(drawn.begin(), drawn.end()) - drawn.begin());
    for (const bool is_high : {false, true}) {
      End& end = ends[is_high ? 1 : 0];
      const double at = drawn[is_high ? kCount - 1 : 0];
      const std::size_t from_bound = is_high ? kCount - 1 - best : best;
      if (from_bound <= kAtBound) end.best += weight;
      end.over_middle.add(weight, drawn[kMiddle] - at);
      end.over_fifth.add(weight, drawn[is_high ? kCount - 1 - kFifth : kFifth] - at);
    }
  }
}

double log_odds(double probability) { return std::log((probability + kFloor) / (1 - probability + kFloor)); }

// What is likely if the column is a bowl, as each model that weighs something has it.
double at_end_of_bowl(const ResponseModels& models, const ProcessInput& input, std::size_t column, double first,
                      double last, bool is_high) {
  double sum = 0, weights = 0;
  for (std::size_t i = 0; i < models.models.size(); ++i) {
    if (models.weights[i] < kModelWeightMin) continue;
    const auto bowl = fit_bowl(models.models[i], column, input.ordered[column], first, last);
    if (!bowl) continue;
    sum += models.weights[i] * bowl->at_end(is_high);
    weights += models.weights[i];
  }
  return weights > 0 ? sum / weights : 0.5;
}

// The less noise, the more the process alone is believed: then it sees each turn, and a bowl is but near the truth.
double together(double process, double bowl, double noise) {
  const double share = 0.5 * noise * noise / (noise * noise + kNoiseOfBowls * kNoiseOfBowls);
  return 1 / (1 + std::exp(-(1 - share) * log_odds(process) - share * log_odds(bowl)));
}

}  // namespace

std::optional<Edge> find_edge(const ResponseModels& models, const ProcessInput& input, std::size_t column, double first,
                              double last) {
  if (models.models.empty() || !(first < last)) return std::nullopt;
  std::vector<double> places;
  for (const double place : kPlaces) places.push_back(first + (last - first) * place);
  const std::vector<std::vector<double>> points = best_points(models.likeliest(), input);
  base::RandomStream stream({.seed = 0, .stream = kAnalysisStream});
  Ends ends;
  for (std::size_t i = 0; i < models.models.size(); ++i) {
    const int draws = static_cast<int>(std::ceil(kDraws * models.weights[i]));
    draw(models.models[i].profile(points, column, places), draws, models.weights[i] / draws, stream, ends);
  }
  const double trials_min = kTrialsMin / static_cast<double>(input.results.size()) - kRounding;
  for (const bool is_high : {false, true}) {
    const End& end = ends[is_high ? 1 : 0];
    const Gathered gathered = Gathered::at(input.ordered[column], first, last, is_high);
    if (gathered.in_fifth < trials_min || !end.may_be_edge(gathered)) continue;
    const double bowl = at_end_of_bowl(models, input, column, first, last, is_high);
    const double confidence = together(end.best, bowl, models.likeliest().noise());
    if (confidence < kConfidenceMin) continue;
    return Edge{.is_high = is_high, .confidence = confidence, .gain = end.over_fifth.mean};
  }
  return std::nullopt;
}

}  // namespace sterlet::analysis
