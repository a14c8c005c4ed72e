#include "sterlet/samplers/gp/fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "sterlet/math/dense.h"
#include "sterlet/math/lbfgs.h"
#include "sterlet/base/rng.h"

namespace sterlet::samplers {

namespace {

// Priors are normal in the logarithms. Longer length scales in more dimensions keep the prior's complexity the same:
// Hvarfner, Hellsten, Nardi: Vanilla Bayesian optimization performs great in high dimensions, ICML 2024. The factor and
// the noise were chosen on ten tables of real trainings (bench/real, those marked dev): docs/decisions/0003-gp-noise.md.
// A noise of e^-3 of the variance in place of e^-4: regret at 15, 25, 50 and 100 trials -0.02, -0.11, +0.02 and -0.05 on
// 21 tables, and -0.06, -0.03 and -0.01 at 25, 50 and 100 trials on functions without noise (note 0008).
constexpr double kLengthFactor = 0.45, kLengthSpread = 1.0;
constexpr std::array<double, 4> kTierShift = {-0.3, 0.0, 0.3, 0.6};
constexpr double kLogVarianceSpread = 1.0;
constexpr double kLogNoise = -3, kLogNoiseSpread = 2;
constexpr double kWarpScale = 0.8, kWarpTail = 3;  // Student: a strong finding may go far.
constexpr double kLowest = 0.03, kHighest = 30;
constexpr double kFitTolerance = 1e-4;  // Two steps in a row that gain less, relative to the log density, end a fit.
constexpr double kLeap = 0.25;
constexpr int kLeaps = 5, kUnused = 2;  // The first draws lie too close to the maximum.

}  // namespace

GpEvidence::GpEvidence(const GpEmbedding& embedding, const GpRows& rows, std::span<const double> values, bool warped,
                       double log_variance)
    : embedding_(embedding),
      rows_(rows),
      values_(values.begin(), values.end()),
      n_(values.size()),
      stride_(math::padded(n_ + 2)),
      log_variance_(log_variance) {
  for (std::size_t g = 0; g < embedding.groups().size(); ++g) {
    const GpGroup& group = embedding.groups()[g];
    if (!group.category && (warped || group.suspect != 0)) warped_.push_back(g);
  }
  count_ = embedding.groups().size() + 2 + warped_.size();
  for (std::vector<double>* table : {&upper_, &slopes_, &inverse_, &precision_}) table->resize(n_ * stride_);
  for (std::vector<double>* table : {&features_, &columns_, &moments_}) {
    table->resize(embedding.feature_count() * stride_);
  }
  alpha_.resize(n_);
  scales_.resize(embedding.numeric_count());
  weights_.resize(embedding.feature_count() - embedding.numeric_count());
  for (std::size_t i = 0; i < n_; ++i) least_share_ = std::min(least_share_, rows.share_of(i));
}

GpHyper GpEvidence::hyper(std::span<const double> parameters) const {
  const std::size_t groups = embedding_.groups().size();
  GpHyper hyper;
  hyper.log_lengths.assign(parameters.begin(), parameters.begin() + static_cast<std::ptrdiff_t>(groups));
  hyper.log_variance = parameters[groups];
  hyper.log_noise = parameters[groups + 1];
  hyper.warps.assign(groups, 0.0);
  for (std::size_t k = 0; k < warped_.size(); ++k) hyper.warps[warped_[k]] = parameters[groups + 2 + k];
  return hyper;
}

std::vector<double> GpEvidence::parameters(const GpHyper& hyper) const {
  std::vector<double> parameters = hyper.log_lengths;
  parameters.push_back(hyper.log_variance);
  parameters.push_back(hyper.log_noise);
  for (const std::size_t g : warped_) parameters.push_back(hyper.warps[g]);
  return parameters;
}

std::vector<double> GpEvidence::low() const {
  std::vector<double> low(count_, -12.0);
  const std::size_t groups = embedding_.groups().size();
  std::fill_n(low.begin(), groups, std::log(kLowest));
  low[groups] = -4;
  low[groups + 1] = std::log(1e-7);
  return low;
}

std::vector<double> GpEvidence::high() const {
  std::vector<double> high(count_, 12.0);
  const std::size_t groups = embedding_.groups().size();
  std::fill_n(high.begin(), groups, std::log(kHighest));
  high[groups] = 5;
  high[groups + 1] = 1;
  return high;
}

double expected_log_length(const GpEmbedding& embedding, std::size_t group) {
  const double d = std::max(embedding.active_count(), 1.0);
  return std::log(kLengthFactor * std::sqrt(d)) +
         kTierShift[static_cast<std::size_t>(std::clamp(embedding.groups()[group].tier, 1, 4)) - 1];
}

double GpEvidence::add_priors(std::span<const double> parameters, std::span<double> gradient) const {
  double value = 0;
  const auto normal = [&](std::size_t i, double mean, double spread) {
    const double z = (parameters[i] - mean) / spread;
    value += 0.5 * z * z;
    gradient[i] += z / spread;
  };
  const std::size_t groups = embedding_.groups().size();
  for (std::size_t g = 0; g < groups; ++g) normal(g, expected_log_length(embedding_, g), kLengthSpread);
  normal(groups, log_variance_, kLogVarianceSpread);
  normal(groups + 1, kLogNoise, kLogNoiseSpread);
  for (std::size_t i = groups + 2; i < count_; ++i) {
    const double suspect = embedding_.groups()[warped_[i - groups - 2]].suspect;
    constexpr double width = kWarpTail * kWarpScale * kWarpScale, power = 0.5 * (kWarpTail + 1);
    const auto energy = [&](double t) { return power * std::log1p(t * t / width); };
    const auto slope = [&](double t) { return 2 * power * t / (width + t * t); };
    const double t = parameters[i];
    if (suspect == 0) {
      value += energy(t);
      gradient[i] += slope(t);
      continue;
    }
    // Either scale may be the right one: two equal humps.
    const double given = energy(t), other = energy(t - suspect), least = std::min(given, other);
    const double share = 1 / (1 + math::portable_exp(std::clamp(given - other, -600.0, 600.0)));  // Of the given one.
    value += least - std::log(math::portable_exp(least - given) + math::portable_exp(least - other)) + std::log(2.0);
    gradient[i] += share * slope(t) + (1 - share) * slope(t - suspect);
  }
  return value;
}

double GpEvidence::evaluate(std::span<const double> parameters, std::span<double> gradient) {
  const std::size_t n = n_, s = stride_, width = math::padded(n);
  const auto& groups = embedding_.groups();
  const GpHyper now = hyper(parameters);
  std::vector<Warp> warps;
  for (const double t : now.warps) warps.emplace_back(t);
  const double variance = math::portable_exp(now.log_variance), noise = math::portable_exp(now.log_noise);

  embedding_.features(rows_.values.data(), n, warps, features_.data(), s);
  columns_ = features_;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (groups[g].category) {
      weights_[groups[g].feature - scales_.size()] = math::portable_exp(-2 * now.log_lengths[g]);
      continue;
    }
    const double scale = math::portable_exp(-now.log_lengths[g]);
    for (std::size_t f = groups[g].feature; f < groups[g].feature + groups[g].features; ++f) {
      scales_[f] = scale;
      for (std::size_t i = 0; i < n; ++i) columns_[f * s + i] *= scale;
    }
  }
  const math::KernelFeatures kernel{
      .numeric = scales_.size(), .categories = weights_.size(), .weights = weights_.data()};
  const math::KernelColumns points{.values = columns_.data(), .stride = s};
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t begin = i / math::kLanes * math::kLanes;
    double* row = upper_.data() + i * s;
    math::matern52(kernel, {columns_.data() + i, s}, 1, {columns_.data() + begin, s}, width - begin, variance,
                   row + begin, slopes_.data() + i * s + begin, s);
    row[i] += noise * rows_.share_of(i) + rows_.noise_of(i);
    row[n] = 1;
    row[n + 1] = values_[i];
  }
  if (math::factor(upper_.data(), s, 0, n, n + 2, 0.1 * noise * least_share_) != n)
    return std::numeric_limits<double>::infinity();

  double by_values = 0, by_ones = 1 / kGpMeanVariance, log_determinant = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double* row = upper_.data() + i * s;
    by_values += row[n] * row[n + 1];
    by_ones += row[n] * row[n];
    log_determinant += std::log(row[i]);
  }
  const double constant = by_values / by_ones;
  for (std::size_t i = 0; i < n; ++i) alpha_[i] = upper_[i * s + n + 1] - constant * upper_[i * s + n];
  const double fit = math::dot(alpha_.data(), alpha_.data(), n);
  math::solve_backward(upper_.data(), s, n, alpha_.data());
  likelihood_ = -0.5 * fit - log_determinant - 0.5 * static_cast<double>(n) * std::log(2 * std::numbers::pi);

  // 2 d(-ln p)/dtheta = sum over a, b of (K^-1 - alpha alpha')_ab dK_ab/dtheta. The constant is at its own optimum, so
  // that its change adds nothing.
  math::invert(upper_.data(), s, 0, n, inverse_.data(), s);
  math::square_inverse(inverse_.data(), s, n, precision_.data(), s);
  double trace = 0, noise_trace = 0;
  for (std::size_t i = 0; i < n; ++i) {
    double* slope = slopes_.data() + i * s;
    const double* precision = precision_.data() + i * s;
    for (std::size_t k = i + 1; k < n; ++k) slope[k] *= precision[k] - alpha_[i] * alpha_[k];
    const double diagonal = precision[i] - alpha_[i] * alpha_[i];
    trace += rows_.share_of(i) * diagonal;
    noise_trace += (noise * rows_.share_of(i) + rows_.noise_of(i)) * diagonal;
  }
  // Of each feature and row: the sum over the others of slope * (own feature - theirs), or of slope where they differ.
  math::mirror(slopes_.data(), s, n);
  math::moments(slopes_.data(), s, n, points, points, width, scales_.size(), moments_.data());
  for (std::size_t f = scales_.size(); f < embedding_.feature_count(); ++f) {
    math::sums_where_different(slopes_.data(), s, n, columns_.data() + f * s, columns_.data() + f * s, width,
                               moments_.data() + f * s);
  }
  for (std::size_t g = 0; g < groups.size(); ++g) {
    double sum = 0;  // Of slope * squared scaled distance, each pair once.
    for (std::size_t f = groups[g].feature; f < groups[g].feature + groups[g].features; ++f) {
      const double* column = columns_.data() + f * s;
      const double* moments = moments_.data() + f * s;
      if (groups[g].category) {
        for (std::size_t i = 0; i < n; ++i) sum += 0.5 * weights_[f - scales_.size()] * moments[i];
      } else {
        sum += math::dot(column, moments, n);
      }
    }
    gradient[g] = -2 * sum;  // Both halves of the matrix; r^2 falls as l^-2.
  }
  // The noise-free part of K is variance times a correlation: its derivative by ln variance is itself.
  double quadratic = 0;
  for (std::size_t i = 0; i < n; ++i) quadratic += alpha_[i] * (values_[i] - constant);
  gradient[groups.size()] = 0.5 * (static_cast<double>(n) - quadratic - noise_trace);
  gradient[groups.size() + 1] = 0.5 * noise * trace;
  for (std::size_t k = 0; k < warped_.size(); ++k) {
    const GpGroup& group = groups[warped_[k]];
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) {
      std::array<double, 2> feature{}, by_feature{};
      for (std::size_t j = 0; j < group.features; ++j) {
        feature[j] = features_[(group.feature + j) * s + i];
        by_feature[j] = moments_[(group.feature + j) * s + i];
      }
      sum += embedding_.pull_back_warp(warped_[k], rows_.row(i)[group.dimension], warps[warped_[k]], feature.data(),
                                       by_feature.data());
    }
    gradient[groups.size() + 2 + k] = 2 * scales_[group.feature] * sum;
  }
  return -likelihood_ + 0.5 * constant * constant / kGpMeanVariance + add_priors(parameters, gradient);
}

std::vector<GpFit> fit_gp(const GpEmbedding& embedding, const GpRows& rows, std::span<const double> values,
                          const GpFitPlan& plan) {
  GpEvidence evidence(embedding, rows, values, plan.warped, plan.log_variance);
  const std::size_t groups = embedding.groups().size();
  GpHyper prior;
  prior.warps.assign(groups, 0.0);
  for (std::size_t g = 0; g < groups; ++g) prior.log_lengths.push_back(expected_log_length(embedding, g));
  prior.log_variance = plan.log_variance;
  prior.log_noise = kLogNoise;
  std::vector<GpHyper> starts = plan.starts;
  if (plan.from_prior || starts.empty()) starts.push_back(prior);

  std::vector<double> gradient(evidence.parameter_count());
  std::vector<math::Lbfgs> searches;
  for (const GpHyper& start : starts) {
    searches.emplace_back(evidence.parameters(start), evidence.low(), evidence.high(),
                          std::vector<double>(evidence.parameter_count(), 1.0), kFitTolerance);
  }
  const auto go_on = [&](math::Lbfgs& search, int steps) {
    for (int step = 0; step < steps && !search.done(); ++step) {
      const double value = evidence.evaluate(search.point(), gradient);
      search.tell(value, gradient);
    }
  };
  for (math::Lbfgs& search : searches) go_on(search, std::min(plan.together, plan.steps));
  go_on(*std::min_element(searches.begin(), searches.end(),
                          [](const math::Lbfgs& a, const math::Lbfgs& b) { return a.best_value() < b.best_value(); }),
        plan.steps - plan.together);

  std::vector<GpFit> fits;
  for (const math::Lbfgs& search : searches) {
    if (std::isfinite(search.best_value())) {
      fits.push_back({.hyper = evidence.hyper(search.best()), .log_posterior = -search.best_value()});
    }
  }
  if (fits.empty()) fits.push_back({.hyper = prior, .log_posterior = -std::numeric_limits<double>::infinity()});
  std::stable_sort(fits.begin(), fits.end(),
                   [](const GpFit& a, const GpFit& b) { return a.log_posterior > b.log_posterior; });
  return fits;
}

std::vector<GpHyper> draw_hypers(const GpEmbedding& embedding, const GpRows& rows, std::span<const double> values,
                                 const GpFitPlan& plan, const GpHyper& start, std::size_t count) {
  GpEvidence evidence(embedding, rows, values, plan.warped, plan.log_variance);
  const std::size_t size = evidence.parameter_count(), groups = embedding.groups().size();
  const std::vector<double> low = evidence.low(), high = evidence.high();
  std::vector<double> scale(size, kWarpScale);
  std::fill_n(scale.begin(), groups, kLengthSpread);
  scale[groups] = kLogVarianceSpread;
  scale[groups + 1] = kLogNoiseSpread / 2;
  base::RandomStream stream({.seed = 1, .trial = values.size(), .stream = base::Stream::kGp});

  struct State {
    std::vector<double> at, gradient;
    double value = 0;
  };
  State now{.at = evidence.parameters(start), .gradient = std::vector<double>(size)};
  now.value = evidence.evaluate(now.at, now.gradient);
  std::vector<GpHyper> draws;
  std::vector<double> momentum(size);
  for (int round = 0; draws.size() < count; ++round) {
    double energy = now.value;
    for (double& m : momentum) {
      m = stream.normal();
      energy += 0.5 * m * m;
    }
    State next = now;
    bool inside = true;
    for (int leap = 0; leap < kLeaps && inside; ++leap) {
      for (std::size_t i = 0; i < size; ++i) {
        momentum[i] -= 0.5 * kLeap * scale[i] * next.gradient[i];
        next.at[i] += kLeap * scale[i] * momentum[i];
        inside = inside && next.at[i] >= low[i] && next.at[i] <= high[i];  // False for NaN.
      }
      if (!inside) break;
      next.value = evidence.evaluate(next.at, next.gradient);
      inside = std::isfinite(next.value);
      for (std::size_t i = 0; i < size; ++i) momentum[i] -= 0.5 * kLeap * scale[i] * next.gradient[i];
    }
    const double chance = stream.uniform();
    double after = next.value;
    for (const double m : momentum) after += 0.5 * m * m;
    if (inside && std::log(chance) < energy - after) now = std::move(next);
    if (round >= kUnused) draws.push_back(evidence.hyper(now.at));
  }
  return draws;
}

}  // namespace sterlet::samplers
