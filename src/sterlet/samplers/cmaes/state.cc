#include "sterlet/samplers/cmaes/state.h"

#include <algorithm>
#include <cmath>

#include "sterlet/base/normal.h"
#include "sterlet/math/symmetric.h"

namespace sterlet::samplers {

namespace {

constexpr double kConditionMax = 1e16;  // Of C; a run stops long before.

double length(std::span<const double> vector) {
  double sum = 0;
  for (const double x : vector) sum += x * x;
  return std::sqrt(sum);
}

std::vector<double> product(std::span<const double> matrix, std::span<const double> vector) {
  std::vector<double> result(vector.size(), 0.0);
  for (std::size_t i = 0; i < vector.size(); ++i) {
    const double* row = matrix.data() + i * vector.size();
    double sum = 0;
    for (std::size_t j = 0; j < vector.size(); ++j) sum += row[j] * vector[j];
    result[i] = sum;
  }
  return result;
}

void decompose(CmaesState& state) {
  math::SymmetricRoots roots = math::symmetric_roots(state.covariance, state.mean.size(), 1 / kConditionMax);
  state.root = std::move(roots.root);
  state.inverse_root = std::move(roots.inverse_root);
  state.smallest = roots.smallest;
  state.largest = roots.largest;
}

// Every generation unless d is large, when C changes little in one.
bool is_time_to_decompose(const CmaesState& state, const CmaesConstants& constants) {
  const double rate = constants.rank_one_rate + constants.rank_mu_rate;
  const double generations = 0.5 / (static_cast<double>(constants.dimensions) * rate);
  return state.generation % static_cast<std::size_t>(std::max(1.0, generations)) == 0;
}

}  // namespace

std::size_t cmaes_population(std::size_t dimensions) {
  return 4 + static_cast<std::size_t>(3 * std::log(std::max(1.0, static_cast<double>(dimensions))));
}

CmaesConstants cmaes_constants(std::size_t dimensions, std::size_t population) {
  const auto d = static_cast<double>(dimensions), lambda = static_cast<double>(population);
  CmaesConstants constants{.dimensions = dimensions, .population = population, .parents = population / 2};
  double best_sum = 0, best_squares = 0, worst_sum = 0, worst_squares = 0, positive = 0, negative = 0;
  for (std::size_t i = 0; i < population; ++i) {
    const double weight = std::log((lambda + 1) / 2) - std::log(static_cast<double>(i + 1));
    (i < constants.parents ? best_sum : worst_sum) += weight;
    (i < constants.parents ? best_squares : worst_squares) += weight * weight;
    (weight > 0 ? positive : negative) += std::fabs(weight);
    constants.weights.push_back(weight);
  }
  const double mass = best_sum * best_sum / best_squares;
  const double worst_mass = worst_sum * worst_sum / worst_squares;
  const double c_1 = 2 / ((d + 1.3) * (d + 1.3) + mass);
  const double c_mu = std::min(1 - c_1 - 1e-8, 2 * (mass - 2 + 1 / mass) / ((d + 2) * (d + 2) + mass));
  double active = 1 + 2 * worst_mass / (mass + 2);
  if (c_mu > 0) active = std::min({active, 1 + c_1 / c_mu, (1 - c_1 - c_mu) / (std::max(1.0, d) * c_mu)});
  for (double& weight : constants.weights) weight *= weight >= 0 ? 1 / positive : active / negative;
  constants.selection_mass = mass;
  constants.rank_one_rate = c_1;
  constants.rank_mu_rate = c_mu;
  constants.sigma_rate = (mass + 2) / (d + mass + 5);
  constants.sigma_damping = 1 + 2 * std::max(0.0, std::sqrt((mass - 1) / (d + 1)) - 1) + constants.sigma_rate;
  constants.path_rate = (4 + mass / std::max(1.0, d)) / (d + 4 + 2 * mass / std::max(1.0, d));
  if (dimensions > 0) constants.normal_length = std::sqrt(d) * (1 - 1 / (4 * d) + 1 / (21 * d * d));
  return constants;
}

CmaesState cmaes_start(std::vector<double> mean, double sigma) {
  const std::size_t d = mean.size();
  CmaesState state{.sigma = sigma, .mean = std::move(mean)};
  state.covariance.assign(d * d, 0.0);
  for (std::size_t i = 0; i < d; ++i) state.covariance[i * d + i] = 1;
  state.root = state.inverse_root = state.covariance;
  state.sigma_path.assign(d, 0.0);
  state.covariance_path.assign(d, 0.0);
  state.margins.assign(d, 1.0);
  return state;
}

void cmaes_shape(CmaesState& state, std::span<const double> covariance) {
  state.covariance.assign(covariance.begin(), covariance.end());
  decompose(state);
}

std::vector<double> cmaes_sample(const CmaesState& state, std::span<const double> normals) {
  std::vector<double> sample = product(state.root, normals);
  for (std::size_t i = 0; i < sample.size(); ++i) sample[i] = state.mean[i] + state.sigma * sample[i];
  return sample;
}

double cmaes_distance(const CmaesState& state, std::span<const double> sample) {
  std::vector<double> step(sample.begin(), sample.end());
  for (std::size_t i = 0; i < step.size(); ++i) step[i] = (step[i] - state.mean[i]) / state.sigma;
  return length(product(state.inverse_root, step));
}

// With y_k = (x_k - m) / sigma, y_w = sum of w_k y_k over the parents:
//   m       <- m + sigma y_w
//   p_sigma <- (1 - c_sigma) p_sigma + sqrt(c_sigma (2 - c_sigma) mu_eff) C^-1/2 y_w
//   sigma   <- sigma exp(c_sigma / d_sigma (|p_sigma| / chi_d - 1))
//   p_c     <- (1 - c_c) p_c + h sqrt(c_c (2 - c_c) mu_eff) y_w,  h = [p_sigma is not far too long]
//   C       <- (1 + c_1 (1 - h) c_c (2 - c_c) - c_1 - c_mu sum w) C + c_1 p_c p_c' + c_mu sum of w_k' y_k y_k'
// where w_k' = w_k, or w_k d / |C^-1/2 y_k|^2 for the worse half.
void cmaes_update(CmaesState& state, const CmaesConstants& constants, std::span<const double> ranked) {
  const std::size_t d = constants.dimensions;
  ++state.generation;
  if (d == 0) return;
  std::vector<double> steps(ranked.begin(), ranked.end());
  for (std::size_t i = 0; i < steps.size(); ++i) steps[i] = (steps[i] - state.mean[i % d]) / state.sigma;
  std::vector<double> move(d, 0.0);
  for (std::size_t k = 0; k < constants.parents; ++k) {
    for (std::size_t i = 0; i < d; ++i) move[i] += constants.weights[k] * steps[k * d + i];
  }
  for (std::size_t i = 0; i < d; ++i) state.mean[i] += state.sigma * move[i];

  const double sigma_gain = std::sqrt(constants.sigma_rate * (2 - constants.sigma_rate) * constants.selection_mass);
  const std::vector<double> white_move = product(state.inverse_root, move);
  for (std::size_t i = 0; i < d; ++i) {
    state.sigma_path[i] = (1 - constants.sigma_rate) * state.sigma_path[i] + sigma_gain * white_move[i];
  }
  const double path_length = length(state.sigma_path);
  state.sigma *= std::exp(constants.sigma_rate / constants.sigma_damping * (path_length / constants.normal_length - 1));

  const double settled = 1 - std::pow(1 - constants.sigma_rate, 2 * (static_cast<double>(state.generation) + 1));
  const double stall =
      path_length / std::sqrt(settled) < (1.4 + 2 / (static_cast<double>(d) + 1)) * constants.normal_length ? 0 : 1;
  const double path_variance = constants.path_rate * (2 - constants.path_rate);
  const double path_gain = (1 - stall) * std::sqrt(path_variance * constants.selection_mass);
  for (std::size_t i = 0; i < d; ++i) {
    state.covariance_path[i] = (1 - constants.path_rate) * state.covariance_path[i] + path_gain * move[i];
  }

  double weight_sum = 0;
  for (const double weight : constants.weights) weight_sum += weight;
  const double keep = 1 + constants.rank_one_rate * stall * path_variance - constants.rank_one_rate -
                      constants.rank_mu_rate * weight_sum;
  for (std::size_t i = 0; i < d; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      state.covariance[i * d + j] = keep * state.covariance[i * d + j] +
                                    constants.rank_one_rate * state.covariance_path[i] * state.covariance_path[j];
    }
  }
  for (std::size_t k = 0; k < constants.population; ++k) {
    const std::span<const double> step = std::span<const double>(steps).subspan(k * d, d);
    double weight = constants.rank_mu_rate * constants.weights[k];
    if (weight < 0) {
      const double white = length(product(state.inverse_root, step));
      weight *= static_cast<double>(d) / (white * white + 1e-8);
    }
    for (std::size_t i = 0; i < d; ++i) {
      for (std::size_t j = 0; j <= i; ++j) state.covariance[i * d + j] += weight * step[i] * step[j];
    }
  }
  for (std::size_t i = 0; i < d; ++i) {
    for (std::size_t j = 0; j < i; ++j) state.covariance[j * d + i] = state.covariance[i * d + j];
  }
  if (!is_time_to_decompose(state, constants)) return;
  decompose(state);
}

void cmaes_mirror(CmaesState& state, std::size_t coordinate, double edge) {
  const std::size_t d = state.mean.size();
  state.mean[coordinate] = 2 * edge - state.mean[coordinate];
  state.sigma_path[coordinate] = -state.sigma_path[coordinate];
  state.covariance_path[coordinate] = -state.covariance_path[coordinate];
  for (std::vector<double>* matrix : {&state.covariance, &state.root, &state.inverse_root}) {
    for (std::size_t i = 0; i < d; ++i) {
      if (i == coordinate) continue;
      (*matrix)[i * d + coordinate] = -(*matrix)[i * d + coordinate];
      (*matrix)[coordinate * d + i] = -(*matrix)[coordinate * d + i];
    }
  }
}

void cmaes_keep_margin(CmaesState& state, std::size_t coordinate, const CmaesCell& cell, double margin) {
  const std::size_t d = state.mean.size();
  double& mean = state.mean[coordinate];
  double& stretch = state.margins[coordinate];
  const double spread = state.sigma * std::sqrt(state.covariance[coordinate * d + coordinate]);
  const double below = base::normal_cdf((cell.begin - mean) / (spread * stretch));
  const double above = base::normal_cdf((mean - cell.end) / (spread * stretch));
  if (cell.begin == cell.end) {
    if (std::min(below, above) >= margin) return;
    const double distance = -spread * stretch * base::normal_quantile(margin);
    mean = mean > cell.end ? cell.end + distance : cell.end - distance;
    return;
  }
  if (below >= margin / 2 && above >= margin / 2) return;
  // Raising one side to margin / 2 takes from the other side and the middle in proportion to what they can spare.
  const double middle = 1 - (below + above);
  const double low = std::max(below, margin / 2), high = std::max(above, margin / 2);
  const double excess = (1 - low - high - middle) / (low + middle + high - 1.5 * margin);
  const auto clamped = [](double p) { return std::clamp(p, 1e-10, 0.5 - 1e-10); };
  const double low_quantile = -base::normal_quantile(clamped(low + excess * (low - margin / 2)));
  const double high_quantile = -base::normal_quantile(clamped(high + excess * (high - margin / 2)));
  stretch = (cell.end - cell.begin) / ((low_quantile + high_quantile) * spread);
  mean = (cell.begin * high_quantile + cell.end * low_quantile) / (low_quantile + high_quantile);
}

}  // namespace sterlet::samplers
