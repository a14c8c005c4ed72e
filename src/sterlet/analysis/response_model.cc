#include "sterlet/analysis/response_model.h"

#include <algorithm>
#include <array>
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

using Measure = ResponseModel::Measure;

constexpr std::size_t kRowsMin = 8;
constexpr int kStepsMax = 60;
constexpr double kJitter = 1e-7, kTolerance = 1e-5;
// Of ResponseModels: evidence counts by this much, the other shape is tried within so many units of the best, and less is left out.
constexpr double kTemper = 0.7, kLikelyWithin = 6, kWeightMin = 0.01;

// Of a parameter's logarithm: normal, within bounds.
struct Prior {
  double mean, sd, low, high;
};
constexpr Prior kLength{.mean = 0.3, .sd = 1.0, .low = -3.5, .high = 4.6};
constexpr Prior kAlone{.mean = 0, .sd = 1.5, .low = -8, .high = 6};     // The sum's variance.
constexpr Prior kTogether{.mean = -2, .sd = 2, .low = -12, .high = 5};  // The product's.
constexpr Prior kNoise{.mean = -4, .sd = 2, .low = -12, .high = 2};     // Of the variance.
constexpr double kNoiseStart = -3;

double square(double x) { return x * x; }

// A kernel of half the squared distance, and minus its derivative.
struct Covariance {
  double value = 0, steepness = 0;
};
Covariance covariance_at(bool is_smooth, double half_squared) {
  if (is_smooth) {
    const double value = std::exp(-half_squared);
    return {.value = value, .steepness = value};
  }
  const double s = std::sqrt(10 * half_squared), decay = std::exp(-s);
  return {.value = (1 + s + s * s / 3) * decay, .steepness = 5.0 / 3 * (1 + s) * decay};
}

// K_ab = s/d sum_j k(D_j,ab / 2 l_j^2) + t k(sum_j D_j,ab / 2 l_j^2) + v [a = b]; its parameters are ln l_1 .. ln l_d, ln s, ln t, ln v.
class Evidence final {
 public:
  Evidence(const ProcessInput& input, const std::vector<double>& results, bool is_smooth)
      : input_(input),
        d_(input.ordered.size() + input.unordered.size()),
        y_(results),
        is_smooth_(is_smooth),
        n_(results.size()),
        priors_(d_, kLength),
        k_(n_),
        inverse_of_factor_(n_),
        alone_(n_ * (n_ - 1) / 2),
        together_(alone_.size()),
        product_(alone_.size()),
        halves_(d_ * alone_.size()),
        steep_(halves_.size()),
        weights_(n_) {
    priors_.insert(priors_.end(), {kAlone, kTogether, kNoise});
  }

  // The most probable parameters, looked for from some that are near, where there are.
  std::vector<double> search(const std::vector<double>& from, double& log_evidence) {
    std::vector<double> start, low, high;
    for (const Prior& prior : priors_) {
      start.push_back(prior.mean);
      low.push_back(prior.low);
      high.push_back(prior.high);
    }
    start.back() = kNoiseStart;
    if (!from.empty()) start = from;
    math::Lbfgs search(start, low, high, std::vector<double>(start.size(), 0.5), kTolerance);
    std::vector<double> gradient(start.size());
    for (int i = 0; i < kStepsMax && !search.done(); ++i) {
      const double value = negative(search.point(), gradient);
      search.tell(value, gradient);
    }
    log_evidence = -search.best_value();
    return {search.best().begin(), search.best().end()};
  }

 private:
  // Of each pair of rows half the squared distance along a coordinate, in its lengths, and what that adds to the sums.
  void measure(std::size_t coordinate, double length, double each) {
    const bool is_ordered = coordinate < input_.ordered.size();
    const std::vector<double>& column =
        is_ordered ? input_.ordered[coordinate] : input_.unordered[coordinate - input_.ordered.size()];
    const double factor = 0.5 / square(length);
    double* halves = halves_.data() + coordinate * alone_.size();
    double* steep = steep_.data() + coordinate * alone_.size();
    for (std::size_t a = 1, pair = 0; a < n_; ++a) {
      for (std::size_t b = 0; b < a; ++b, ++pair) {
        halves[pair] = is_ordered ? factor * square(column[a] - column[b]) : column[a] == column[b] ? 0.0 : factor;
      }
    }
    for (std::size_t i = 0; i < alone_.size(); ++i) {
      const Covariance covariance = covariance_at(is_smooth_, halves[i]);
      alone_[i] += each * covariance.value;
      steep[i] = each * covariance.steepness;
      together_[i] += halves[i];
    }
  }

  double negative(std::span<const double> at, std::vector<double>& gradient) {
    const double sum = std::exp(at[d_]), each = sum / static_cast<double>(d_);
    const double product = std::exp(at[d_ + 1]), noise = std::exp(at[d_ + 2]);
    std::fill(alone_.begin(), alone_.end(), 0.0);
    std::fill(together_.begin(), together_.end(), 0.0);
    for (std::size_t j = 0; j < d_; ++j) measure(j, std::exp(at[j]), each);
    for (std::size_t i = 0; i < together_.size(); ++i) {
      const Covariance covariance = covariance_at(is_smooth_, together_[i]);
      product_[i] = product * covariance.value;
      together_[i] = product * covariance.steepness;
    }
    std::fill(k_.values.begin(), k_.values.end(), 0.0);
    for (std::size_t a = 0, pair = 0; a < n_; ++a) {
      for (std::size_t b = 0; b < a; ++b, ++pair) {
        k_.at(b, a) = alone_[pair] + product_[pair];
      }
      k_.at(a, a) = sum + product + noise + kJitter;
    }
    double log_determinant = 0;
    if (!invert(k_, inverse_of_factor_, log_determinant)) return std::numeric_limits<double>::infinity();
    double value = 0.5 * log_determinant;
    for (std::size_t a = 0; a < n_; ++a) {
      weights_[a] = math::dot(k_.row(a), y_.data(), n_);
      value += 0.5 * weights_[a] * y_[a];
    }
    slopes(sum, product, noise, gradient);
    for (std::size_t i = 0; i < priors_.size(); ++i) {
      value += 0.5 * square((at[i] - priors_[i].mean) / priors_[i].sd);
      gradient[i] += (at[i] - priors_[i].mean) / square(priors_[i].sd);
    }
    return value;
  }

  // d(-ln p) = 0.5 sum_ab (K^-1 - w w')_ab dK_ab; each pair of rows is in it twice. `alone_` becomes the factors of the pairs.
  void slopes(double sum, double product, double noise, std::vector<double>& gradient) {
    std::fill(gradient.begin(), gradient.end(), 0.0);
    for (std::size_t a = 0, pair = 0; a < n_; ++a) {
      for (std::size_t b = 0; b < a; ++b, ++pair) {
        const double factor = k_.row(a)[b] - weights_[a] * weights_[b];
        gradient[d_] += factor * alone_[pair];
        gradient[d_ + 1] += factor * product_[pair];
        alone_[pair] = factor;
      }
      const double factor = 0.5 * (k_.row(a)[a] - square(weights_[a]));
      gradient[d_] += factor * sum;
      gradient[d_ + 1] += factor * product;
      gradient[d_ + 2] += factor * noise;
    }
    for (std::size_t j = 0; j < d_; ++j) {
      const double* halves = halves_.data() + j * alone_.size();
      const double* steep = steep_.data() + j * alone_.size();
      double slope = 0;
      for (std::size_t i = 0; i < alone_.size(); ++i) slope += 2 * halves[i] * alone_[i] * (steep[i] + together_[i]);
      gradient[j] = slope;
    }
  }

  const ProcessInput& input_;
  std::size_t d_;  // Coordinates.
  const std::vector<double>& y_;
  bool is_smooth_;
  std::size_t n_;
  std::vector<Prior> priors_;
  // Of one call of negative(): kept, as it is called some dozen times.
  SquareMatrix k_, inverse_of_factor_;
  std::vector<double> alone_, together_,
      product_;                         // A pair of rows each: the sum, the product's steepness and the product.
  std::vector<double> halves_, steep_;  // The same of each column.
  std::vector<double> weights_;
};

// How far a result lies from the best in units of how far the median does, stretched; and the logarithm of the slope.
struct Stretched {
  double value = 0, log_slope = 0;
};
Stretched stretch(Measure measure, double far, double farthest) {
  switch (measure) {
    case Measure::kEven:
      if (far <= 2) return {far, 0};
      return {2 + std::log(far - 1), -std::log(far - 1)};
    case Measure::kBest:
      return {std::log(far + 0.15), -std::log(far + 0.15)};
    case Measure::kGood:
      return {std::log(far + 0.6), -std::log(far + 0.6)};
    case Measure::kWorst:
      return {-std::log(1.1 * farthest - far), -std::log(1.1 * farthest - far)};
  }
  return {far, 0};
}

// Stretched and standardised; `log_slope` becomes the logarithm of the derivative, of all together. Empty where all are equal.
std::vector<double> prepared(const std::vector<double>& results, Measure measure, double& log_slope) {
  std::vector<double> sorted = results, out;
  std::sort(sorted.begin(), sorted.end());
  const double best = sorted.front(), median = sorted[sorted.size() / 2];
  const double unit = median > best ? median - best : sorted.back() - best;
  if (!(unit > 0) || !std::isfinite(unit)) return out;
  log_slope = 0;
  for (const double result : results) {
    const Stretched stretched = stretch(measure, (result - best) / unit, (sorted.back() - best) / unit);
    out.push_back(stretched.value);
    log_slope += stretched.log_slope;
  }
  const auto n = static_cast<double>(out.size());
  const double mean = std::accumulate(out.begin(), out.end(), 0.0) / n;
  double squares = 0;
  for (const double value : out) squares += square(value - mean);
  const double spread = std::sqrt(squares / n);
  if (!(spread > 0) || !std::isfinite(spread)) return {};
  log_slope -= n * (std::log(spread) + std::log(unit));
  for (double& value : out) value = (value - mean) / spread;
  return out;
}

}  // namespace

std::optional<ResponseModel> ResponseModel::fit(const ProcessInput& input, Kind kind, const ResponseModel* like) {
  const std::size_t d = input.ordered.size() + input.unordered.size();
  if (input.results.size() < kRowsMin || d == 0) return std::nullopt;
  ResponseModel model;
  model.is_smooth_ = kind.is_smooth;
  double log_slope = 0;
  std::vector<double> y = prepared(input.results, kind.measure, log_slope);
  if (y.empty()) return std::nullopt;
  model.parameters_ = Evidence(input, y, kind.is_smooth)
                          .search(like != nullptr ? like->parameters_ : std::vector<double>{}, model.log_evidence_);
  const std::vector<double>& parameters = model.parameters_;
  model.log_evidence_ += log_slope;
  model.ordered_ = input.ordered.size();
  for (std::size_t j = 0; j < d; ++j) model.lengths_.push_back(std::exp(parameters[j]));
  model.alone_ = std::exp(parameters[d]) / static_cast<double>(d);
  model.together_ = std::exp(parameters[d + 1]);
  model.noise_ = std::exp(0.5 * parameters[d + 2]);
  if (!std::isfinite(model.log_evidence_)) return std::nullopt;
  auto posterior = KernelPosterior::of(input, std::move(y), square(model.noise_) + kJitter,
                                       [&](const auto& a, const auto& b) { return model.kernel(a, b); });
  if (!posterior) return std::nullopt;
  model.posterior_ = std::move(*posterior);
  return model;
}

double ResponseModel::own(std::size_t column, double a, double b) const {
  const double squared = column < ordered_ ? square(a - b) : (a == b ? 0.0 : 1.0);
  return 0.5 * squared / square(lengths_[column]);
}

double ResponseModel::kernel(const std::vector<double>& a, const std::vector<double>& b) const {
  double distance = 0, sum = 0;
  for (std::size_t j = 0; j < lengths_.size(); ++j) {
    const double half = own(j, a[j], b[j]);
    distance += half;
    sum += covariance_at(is_smooth_, half).value;
  }
  return alone_ * sum + together_ * covariance_at(is_smooth_, distance).value;
}

std::vector<double> ResponseModel::covariance(std::optional<std::size_t> without) const {
  const std::vector<KernelPosterior::Row>& rows = posterior_.rows;
  std::vector<double> out(rows.size() * rows.size());
  for (std::size_t a = 0; a < rows.size(); ++a) {
    for (std::size_t b = 0; b <= a; ++b) {
      double value = kernel(rows[a], rows[b]);
      if (without) {
        value -= alone_ * covariance_at(is_smooth_, own(*without, rows[a][*without], rows[b][*without])).value;
      }
      out[a * rows.size() + b] = out[b * rows.size() + a] = value;
    }
    out[a * rows.size() + a] += posterior_.noise;
  }
  return out;
}

SmoothProcess::Profile ResponseModel::profile(const std::vector<std::vector<double>>& points, std::size_t column,
                                              const std::vector<double>& places) const {
  const std::size_t count = places.size(), n = posterior_.rows.size();
  SmoothProcess::Profile out{.mean = std::vector<double>(count, 0.0),
                             .covariance = std::vector<double>(count * count, 0.0)};
  if (points.empty()) return out;
  const auto all = static_cast<double>(points.size());
  // Between two points all but the column stays as it is, whatever its places.
  struct Rest {
    double distance = 0, sum = 0;
  };
  const auto rest_of = [&](const std::vector<double>& a, const std::vector<double>& b) {
    Rest rest;
    for (std::size_t j = 0; j < lengths_.size(); ++j) {
      if (j == column) continue;
      const double half = own(j, a[j], b[j]);
      rest.distance += half;
      rest.sum += covariance_at(is_smooth_, half).value;
    }
    return rest;
  };
  const auto kernel_at = [&](const Rest& rest, double a, double b) {
    const double half = own(column, a, b);
    const double alone = alone_ * (rest.sum + covariance_at(is_smooth_, half).value);
    return alone + together_ * covariance_at(is_smooth_, rest.distance + half).value;
  };
  std::vector<double> with_rows(count * n, 0.0);  // Covariance of each mean with each row.
  for (const std::vector<double>& point : points) {
    for (const std::vector<double>& other : points) {
      const Rest rest = rest_of(point, other);
      for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t k = 0; k < count; ++k) {
          out.covariance[i * count + k] += kernel_at(rest, places[i], places[k]) / (all * all);
        }
      }
    }
    for (std::size_t row = 0; row < n; ++row) {
      const Rest rest = rest_of(point, posterior_.rows[row]);
      for (std::size_t i = 0; i < count; ++i) {
        with_rows[i * n + row] += kernel_at(rest, places[i], posterior_.rows[row][column]) / all;
      }
    }
  }
  posterior_.condition(with_rows, out);
  return out;
}

ResponseModels ResponseModels::fit(const ProcessInput& input) {
  static constexpr std::array kMeasures = {Measure::kEven, Measure::kBest, Measure::kGood, Measure::kWorst};
  ResponseModels out;
  std::vector<double> evidence;
  const auto add = [&](ResponseModel::Kind kind, const ResponseModel* like) {
    auto model = ResponseModel::fit(input, kind, like);
    if (!model) return;
    evidence.push_back(model->log_evidence());
    out.models.push_back(std::move(*model));
  };
  out.models.reserve(2 * kMeasures.size());
  for (const Measure measure : kMeasures) add({.measure = measure, .is_smooth = true}, nullptr);
  if (evidence.size() < kMeasures.size()) return {};
  const double best = *std::max_element(evidence.begin(), evidence.end());
  for (std::size_t i = 0; i < kMeasures.size(); ++i) {
    if (evidence[i] > best - kLikelyWithin) add({.measure = kMeasures[i], .is_smooth = false}, &out.models[i]);
  }
  const double most = *std::max_element(evidence.begin(), evidence.end());
  std::vector<ResponseModel> kept;
  double sum = 0;
  for (std::size_t i = 0; i < evidence.size(); ++i) {
    const double weight = std::exp(kTemper * (evidence[i] - most));
    if (weight < kWeightMin) continue;
    kept.push_back(std::move(out.models[i]));
    out.weights.push_back(weight);
    sum += weight;
  }
  for (double& weight : out.weights) weight /= sum;
  out.models = std::move(kept);
  return out;
}

const ResponseModel& ResponseModels::likeliest() const {
  const auto place = std::max_element(weights.begin(), weights.end()) - weights.begin();
  return models[static_cast<std::size_t>(place)];
}

}  // namespace sterlet::analysis
