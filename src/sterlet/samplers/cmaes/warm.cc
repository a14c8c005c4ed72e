#include "sterlet/samplers/cmaes/warm.h"

#include <algorithm>
#include <cmath>

#include "sterlet/samplers/prior/old_study.h"
#include "sterlet/samplers/prior/trust.h"

namespace sterlet::samplers {

namespace {

constexpr double kLeastWarm = 0.5;  // Of trust.
constexpr double kBest = 0.1;       // Of the old settings, but at least so many:
constexpr std::size_t kFewest = 3;
constexpr double kBump = 0.1;  // In widths of the ranges.

// ln of the determinant, by Cholesky's factor. Positive definite.
double log_determinant(std::vector<double> matrix, std::size_t d) {
  double sum = 0;
  for (std::size_t j = 0; j < d; ++j) {
    for (std::size_t i = j; i < d; ++i) {
      for (std::size_t k = 0; k < j; ++k) matrix[i * d + j] -= matrix[i * d + k] * matrix[j * d + k];
      if (i == j) {
        matrix[j * d + j] = std::sqrt(matrix[j * d + j]);
        sum += 2 * std::log(matrix[j * d + j]);
      } else {
        matrix[i * d + j] /= matrix[j * d + j];
      }
    }
  }
  return sum;
}

}  // namespace

std::optional<CmaesWarm> cmaes_warm(const CmaesView& view, const std::vector<ActivePrior>& priors,
                                    std::span<const space::Observation> trials) {
  const auto leads = [&](const ActivePrior& prior) {
    return prior.old && prior.old->history().size() >= kFewest && prior.weight > 0 &&
           trust(prior, view.space(), trials) >= kLeastWarm;
  };
  const auto prior = std::find_if(priors.begin(), priors.end(), leads);
  if (prior == priors.end()) return std::nullopt;
  std::vector<const space::Observation*> best;
  for (const space::Observation& trial : prior->old->history().trials()) best.push_back(&trial);
  std::stable_sort(best.begin(), best.end(), [](const auto* a, const auto* b) { return a->values < b->values; });
  const auto count = static_cast<std::size_t>(std::ceil(kBest * static_cast<double>(best.size())));
  best.resize(std::max(kFewest, count));
  const std::size_t d = view.coordinate_count();
  const auto number = static_cast<double>(best.size());
  CmaesWarm warm{.mean = std::vector<double>(d, 0.0), .shares = view.even_shares()};
  std::vector<std::vector<double>> rows;
  for (const space::Observation* trial : best) {
    const std::vector<double> unit = view.space().to_unit(trial->point);
    rows.push_back(view.coordinates_of(unit));
    for (std::size_t i = 0; i < d; ++i) warm.mean[i] += rows.back()[i] / number;
    view.add_choices(unit, 1, warm.shares);
  }
  warm.covariance.assign(d * d, 0.0);
  for (std::size_t i = 0; i < d; ++i) {
    warm.covariance[i * d + i] = kBump * kBump;
    for (std::size_t j = 0; j < d; ++j) {
      for (const std::vector<double>& row : rows) {
        warm.covariance[i * d + j] += (row[i] - warm.mean[i]) * (row[j] - warm.mean[j]) / number;
      }
    }
  }
  if (d == 0) return warm;
  const double log_scale = log_determinant(warm.covariance, d) / static_cast<double>(d);
  warm.sigma = std::exp(0.5 * log_scale);
  for (double& entry : warm.covariance) entry *= std::exp(-log_scale);
  return warm;
}

}  // namespace sterlet::samplers
