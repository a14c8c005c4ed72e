#include "sterlet/samplers/gp/trend.h"

#include <algorithm>
#include <numeric>

#include "sterlet/samplers/prior/trust.h"

namespace sterlet::samplers {

namespace {

constexpr double kFirstOpinion = 2;  // Of a slope of 1: results that it weighs, with a variance of 1 each.
constexpr double kSlopeMax = 2;

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double slope_on(std::span<const double> expected, std::span<const double> values) {
  const double mean_expected = mean_of(expected), mean_value = mean_of(values);
  double together = kFirstOpinion, square = kFirstOpinion;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double from_mean = expected[i] - mean_expected;
    together += from_mean * (values[i] - mean_value);
    square += from_mean * from_mean;
  }
  return std::clamp(together / square, 0.0, kSlopeMax);
}

}  // namespace

std::shared_ptr<const GpTrend> GpTrend::learn(const std::vector<Source>& sources, std::span<const double> units,
                                              std::span<const double> values) {
  auto trend = std::make_shared<GpTrend>();
  if (values.empty()) return nullptr;
  std::vector<double> left(values.begin(), values.end()), expected(values.size());
  for (const Source& source : sources) {
    source.old->expect(units.data(), values.size(), expected.data());
    const double weight = source.weight * rank_trust(expected, left) * slope_on(expected, left);
    if (!(weight > 0)) continue;
    for (std::size_t i = 0; i < left.size(); ++i) left[i] -= weight * expected[i];
    trend->parts_.push_back({.old = source.old, .weight = weight});
  }
  if (trend->parts_.empty()) return nullptr;
  return trend;
}

std::vector<double> GpTrend::at(const double* units, std::size_t count) const {
  std::vector<double> sum(count, 0.0), expected(count);
  for (const Source& part : parts_) {
    part.old->expect(units, count, expected.data());
    for (std::size_t p = 0; p < count; ++p) sum[p] += part.weight * expected[p];
  }
  return sum;
}

void GpTrend::add_gradient(const double* units, std::size_t count, std::span<const double> factors, double* out) const {
  std::vector<double> weighted(count);
  for (const Source& part : parts_) {
    for (std::size_t p = 0; p < count; ++p) weighted[p] = part.weight * factors[p];
    part.old->add_gradient(units, count, weighted.data(), out);
  }
}

}  // namespace sterlet::samplers
