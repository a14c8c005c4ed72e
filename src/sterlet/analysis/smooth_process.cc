#include "sterlet/analysis/smooth_process.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <utility>

#include "sterlet/analysis/square_matrix.h"
#include "sterlet/math/dense.h"
#include "sterlet/math/lbfgs.h"

namespace sterlet::analysis {

namespace {

constexpr std::size_t kRowsMin = 8;
constexpr int kStepsMax = 60;
// Priors, normal on logarithms.
struct Priors {
  double length_mean = 0, length_sd = 0, noise_mean = 0, noise_sd = 0;  // Noise: of the variance.
};
constexpr Priors kSmoothPriors{.length_mean = -0.2, .length_sd = 0.8, .noise_mean = -4.0, .noise_sd = 1.5};
constexpr Priors kRoughPriors{.length_mean = 0.3, .length_sd = 0.8, .noise_mean = -3.0, .noise_sd = 1.5};
constexpr double kSignalSd = 1.0;
constexpr double kLengthMin = 0.05, kLengthMax = 30;
constexpr double kJitter = 1e-8;

double square(double x) { return x * x; }

// Shows `visit` the squared distances of each row from those before it, of one coordinate: the number of the row's first
// pair, and the distances. Kept for all pairs they would take more memory than all else here.
template <typename Visit>
void each_row_of_distances(const ProcessInput& input, std::size_t coordinate, std::vector<double>& distances,
                           Visit visit) {
  const bool is_ordered = coordinate < input.ordered.size();
  const std::vector<double>& column =
      is_ordered ? input.ordered[coordinate] : input.unordered[coordinate - input.ordered.size()];
  for (std::size_t a = 1, pair = 0; a < column.size(); pair += a, ++a) {
    const double own = column[a];
    if (is_ordered) {
      for (std::size_t b = 0; b < a; ++b) distances[b] = square(own - column[b]);
    } else {
      for (std::size_t b = 0; b < a; ++b) distances[b] = own == column[b] ? 0.0 : 1.0;
    }
    visit(pair, std::span<const double>(distances.data(), a));
  }
}

// A kernel of half the squared distance, and minus its derivative.
struct Covariance {
  double value = 0, steepness = 0;
};

Covariance covariance_at(SmoothProcess::Shape shape, double half_squared) {
  if (shape == SmoothProcess::Shape::kSmooth) {
    const double value = std::exp(-half_squared);
    return {.value = value, .steepness = value};
  }
  const double s = std::sqrt(6 * half_squared), decay = std::exp(-s);
  return {.value = (1 + s) * decay, .steepness = 3 * decay};
}

// K_ab = s k(0.5 sum_j D_j,ab / l_j^2) + v [a = b]; its parameters are ln l_1 .. ln l_d, ln s, ln v.
class Evidence final {
 public:
  Evidence(const ProcessInput& input, const std::vector<double>& results, SmoothProcess::Shape shape)
      : input_(input),
        d_(input.ordered.size() + input.unordered.size()),
        y_(results),
        shape_(shape),
        priors_(shape == SmoothProcess::Shape::kSmooth ? kSmoothPriors : kRoughPriors),
        n_(results.size()),
        k_(n_),
        inverse_of_factor_(n_),
        sums_(n_ * (n_ - 1) / 2),
        kernel_(sums_.size()),
        steep_(sums_.size()),
        distances_(n_),
        weights_(n_) {}

  // The most probable parameters.
  std::vector<double> search(double& log_evidence) {
    const std::size_t d = d_;
    std::vector<double> start(d + 2, priors_.length_mean), low(d + 2, std::log(kLengthMin)),
        high(d + 2, std::log(kLengthMax));
    start[d] = 0;
    start[d + 1] = -3;
    low[d] = -6;
    high[d] = 5;
    low[d + 1] = -10;
    high[d + 1] = 2;
    math::Lbfgs search(start, low, high, std::vector<double>(d + 2, 0.5), 1e-6);
    std::vector<double> gradient(d + 2);
    for (int i = 0; i < kStepsMax && !search.done(); ++i) {
      const double value = negative(search.point(), gradient);
      search.tell(value, gradient);
    }
    log_evidence = -search.best_value();
    return {search.best().begin(), search.best().end()};
  }

 private:
  double negative(std::span<const double> at, std::vector<double>& gradient) {
    const std::size_t d = d_;
    const double signal = std::exp(at[d]), noise = std::exp(at[d + 1]);
    std::fill(sums_.begin(), sums_.end(), 0.0);
    for (std::size_t j = 0; j < d; ++j) {
      const double factor = 0.5 * std::exp(-2 * at[j]);
      each_row_of_distances(input_, j, distances_, [&](std::size_t pair, std::span<const double> distances) {
        for (std::size_t b = 0; b < distances.size(); ++b) sums_[pair + b] += factor * distances[b];
      });
    }
    for (std::size_t i = 0; i < sums_.size(); ++i) {
      const Covariance covariance = covariance_at(shape_, sums_[i]);
      kernel_[i] = signal * covariance.value;
      steep_[i] = signal * covariance.steepness;
    }
    std::fill(k_.values.begin(), k_.values.end(), 0.0);
    for (std::size_t a = 0, pair = 0; a < n_; ++a) {
      for (std::size_t b = 0; b < a; ++b, ++pair) k_.at(b, a) = kernel_[pair];
      k_.at(a, a) = signal + noise + kJitter;
    }
    std::fill(gradient.begin(), gradient.end(), 0.0);
    double log_determinant = 0;
    if (!invert(k_, inverse_of_factor_, log_determinant)) return std::numeric_limits<double>::infinity();
    double fit = 0;
    for (std::size_t a = 0; a < n_; ++a) {
      weights_[a] = math::dot(k_.row(a), y_.data(), n_);
      fit += weights_[a] * y_[a];
    }
    double value = 0.5 * fit + 0.5 * log_determinant;
    // d(-ln p) = 0.5 sum_ab (K^-1 - w w')_ab dK_ab; each pair of rows is in it twice.
    for (std::size_t a = 0, pair = 0; a < n_; ++a) {
      for (std::size_t b = 0; b < a; ++b, ++pair) {
        const double slope = k_.row(a)[b] - weights_[a] * weights_[b];
        sums_[pair] = slope * steep_[pair];
        gradient[d] += slope * kernel_[pair];
      }
      const double slope = 0.5 * (k_.row(a)[a] - square(weights_[a]));
      gradient[d] += slope * signal;
      gradient[d + 1] += slope * noise;
    }
    for (std::size_t j = 0; j < d; ++j) {
      double sum = 0;
      each_row_of_distances(input_, j, distances_, [&](std::size_t pair, std::span<const double> distances) {
        sum += math::dot(sums_.data() + pair, distances.data(), distances.size());
      });
      gradient[j] = sum * std::exp(-2 * at[j]);
    }
    const auto prior = [&](std::size_t i, double mean, double sd) {
      value += 0.5 * square((at[i] - mean) / sd);
      gradient[i] += (at[i] - mean) / square(sd);
    };
    for (std::size_t j = 0; j < d; ++j) prior(j, priors_.length_mean, priors_.length_sd);
    prior(d, 0, kSignalSd);
    prior(d + 1, priors_.noise_mean, priors_.noise_sd);
    return value;
  }

  const ProcessInput& input_;
  std::size_t d_;  // Coordinates.
  const std::vector<double>& y_;
  SmoothProcess::Shape shape_;
  const Priors& priors_;
  std::size_t n_;
  // Of one call of negative(): kept, as it is called some dozen times.
  SquareMatrix k_, inverse_of_factor_;
  std::vector<double> sums_, kernel_, steep_;  // A pair of rows each.
  std::vector<double> distances_, weights_;
};

// Standardised; `centre` becomes what 0 of it is in the results, `unit` what one of it is.
std::vector<double> prepared(const std::vector<double>& results, double& centre, double& unit) {
  std::vector<double> sorted = results;
  std::sort(sorted.begin(), sorted.end());
  const double median = sorted[sorted.size() / 2], best = sorted.front();
  const double reach = median - best;
  std::vector<double> out;
  for (const double result : results) {
    const double over = reach > 0 ? (result - median) / reach : 0;
    out.push_back(over > 1 ? median + reach * (1 + std::log(over)) : result);
  }
  const auto n = static_cast<double>(out.size());
  centre = std::accumulate(out.begin(), out.end(), 0.0) / n;
  double squares = 0;
  for (const double value : out) squares += square(value - centre);
  unit = std::sqrt(squares / n);
  for (double& value : out) value = unit > 0 ? (value - centre) / unit : 0;
  return out;
}

}  // namespace

std::optional<SmoothProcess> SmoothProcess::fit(const ProcessInput& input, Shape shape) {
  if (input.results.size() < kRowsMin) return std::nullopt;
  SmoothProcess process(shape);
  std::vector<double> y = prepared(input.results, process.centre_, process.unit_);
  if (!(process.unit_ > 0) || !std::isfinite(process.unit_)) return std::nullopt;
  const std::size_t d = input.ordered.size() + input.unordered.size();
  const std::vector<double> parameters = Evidence(input, y, shape).search(process.log_evidence_);
  process.ordered_ = input.ordered.size();
  for (std::size_t j = 0; j < d; ++j) process.lengths_.push_back(std::exp(parameters[j]));
  process.signal_ = std::exp(parameters[d]);
  process.noise_ = std::exp(0.5 * parameters[d + 1]);
  if (!std::isfinite(process.log_evidence_)) return std::nullopt;
  auto posterior = KernelPosterior::of(input, std::move(y), square(process.noise_) + kJitter,
                                       [&](const auto& a, const auto& b) { return process.kernel(a, b); });
  if (!posterior) return std::nullopt;
  process.posterior_ = std::move(*posterior);
  return process;
}

double SmoothProcess::kernel(const std::vector<double>& a, const std::vector<double>& b) const {
  double sum = 0;
  for (std::size_t j = 0; j < lengths_.size(); ++j) {
    const double distance = j < ordered_ ? square(a[j] - b[j]) : (a[j] == b[j] ? 0.0 : 1.0);
    sum += 0.5 * distance / square(lengths_[j]);
  }
  return signal_ * covariance_at(shape_, sum).value;
}

double SmoothProcess::signal() const { return std::sqrt(signal_) * unit_; }

double SmoothProcess::expected(std::size_t row) const { return centre_ + unit_ * posterior_.expected(row); }

double SmoothProcess::likeness(std::size_t first, std::size_t second) const {
  return kernel(posterior_.rows[first], posterior_.rows[second]) / signal_;
}

SmoothProcess::Profile SmoothProcess::profile(const std::vector<std::vector<double>>& points, std::size_t column,
                                              const std::vector<double>& places) const {
  const std::size_t count = places.size(), n = posterior_.rows.size();
  Profile out{.mean = std::vector<double>(count, 0.0), .covariance = std::vector<double>(count * count, 0.0)};
  if (points.empty()) return out;
  const auto all = static_cast<double>(points.size());
  std::vector<std::vector<double>> at;  // The points at each place in turn.
  for (const double place : places) {
    for (const std::vector<double>& point : points) {
      at.push_back(point);
      at.back()[column] = place;
    }
  }
  std::vector<double> with_rows(count * n, 0.0);  // Covariance of each mean with each row.
  for (std::size_t i = 0; i < at.size(); ++i) {
    const std::size_t place = i / points.size();
    for (std::size_t row = 0; row < n; ++row) with_rows[place * n + row] += kernel(at[i], posterior_.rows[row]) / all;
    for (std::size_t k = 0; k < at.size(); ++k) {
      out.covariance[place * count + k / points.size()] += kernel(at[i], at[k]) / (all * all);
    }
  }
  posterior_.condition(with_rows, out);
  for (double& mean : out.mean) mean = centre_ + mean * unit_;
  for (double& covariance : out.covariance) covariance *= square(unit_);
  return out;
}

std::vector<std::size_t> rows_to_fit(const std::vector<double>& results) {
  std::vector<std::size_t> rows(results.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  if (rows.size() <= SmoothProcess::kRowsMax) return rows;
  std::stable_sort(rows.begin(), rows.end(), [&](auto a, auto b) { return results[a] < results[b]; });
  constexpr std::size_t kBest = SmoothProcess::kRowsMax / 2, kOthers = SmoothProcess::kRowsMax - kBest;
  std::vector<std::size_t> chosen(rows.begin(), rows.begin() + kBest);
  std::vector<std::size_t> others(rows.begin() + kBest, rows.end());
  std::sort(others.begin(), others.end());  // By time, so that the space is seen as it was drawn.
  for (std::size_t i = 0; i < kOthers; ++i) chosen.push_back(others[i * others.size() / kOthers]);
  return chosen;
}

}  // namespace sterlet::analysis
