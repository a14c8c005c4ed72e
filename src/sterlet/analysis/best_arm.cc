#include "sterlet/analysis/best_arm.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "sterlet/analysis/best_arm_noise.h"
#include "sterlet/base/normal.h"
#include "sterlet/base/result.h"

namespace sterlet::analysis {

namespace {

constexpr std::size_t kArmsForPrior = 5;
constexpr std::size_t kNoisePoints = 15;
constexpr std::size_t kTruthPoints = 8;

// What the runs of all arms say together.
struct Field {
  PooledNoise noise;
  double centre = 0;                                        // m.
  double spread = std::numeric_limits<double>::infinity();  // S^2; infinite: nothing is known of it.
  double share = 1;                                         // Mean of 1 / runs: that much of the noise is in S^2.
  double weight = 0;                                        // Arms' worth of evidence on S^2.
  bool has_prior() const { return std::isfinite(spread); }
};

Field field_of(std::span<const Arm> arms) {
  Field field;
  std::vector<double> means;
  field.noise = pooled_noise(arms);
  double shares = 0;
  for (const Arm& arm : arms) {
    means.push_back(arm.mean);
    shares += 1 / static_cast<double>(arm.runs);
  }
  std::sort(means.begin(), means.end());
  const std::size_t k = means.size();
  if (k < kArmsForPrior) return field;
  // The line through (normal score of the rank, mean) of the best third, by least squares; Blom's scores.
  const std::size_t used = std::max(kArmsForPrior, (k + 2) / 3);
  double z_sum = 0, y_sum = 0, zz = 0, zy = 0;
  for (std::size_t i = 0; i < used; ++i) {
    const double z = base::normal_quantile((static_cast<double>(i) + 0.625) / (static_cast<double>(k) + 0.25));
    z_sum += z;
    y_sum += means[i];
    zz += z * z;
    zy += z * means[i];
  }
  const auto n = static_cast<double>(used);
  const double slope = (zy - z_sum * y_sum / n) / (zz - z_sum * z_sum / n);
  field.centre = (y_sum - slope * z_sum) / n;
  field.spread = slope * slope;
  field.share = shares / static_cast<double>(k);
  field.weight = static_cast<double>(k) / 4;
  return field;
}

// One possibility of what the noise and the variance of the true means (infinite: nothing is known of them) are.
struct Possibility {
  double noise = 0, truth = 0, weight = 0;
};

// Noise: a scaled inverse chi-square distribution over its logarithm. Truth: uniform in its standard deviation. Both
// times how well the spread of the observed means agrees with them.
std::vector<Possibility> possibilities(const Field& field) {
  std::vector<Possibility> all;
  double highest = -std::numeric_limits<double>::infinity();
  for (const NoiseFactor& factor : noise_factors(field.noise.freedom, kNoisePoints)) {
    const double noise = field.noise.variance * std::exp(factor.log_factor);
    for (std::size_t j = 0; j < (field.has_prior() ? kTruthPoints : 1); ++j) {
      Possibility one{.noise = noise, .truth = std::numeric_limits<double>::infinity(), .weight = factor.log_weight};
      if (field.has_prior()) {
        // Up to twice what the spread leaves room for.
        const double sd =
            2 * std::sqrt(field.spread) * (static_cast<double>(j) + 0.5) / static_cast<double>(kTruthPoints);
        one.truth = sd * sd;
        const double expected = one.truth + noise * field.share;
        one.weight -= 0.5 * field.weight * (std::log(expected) + field.spread / expected);
      }
      highest = std::max(highest, one.weight);
      all.push_back(one);
    }
  }
  double sum = 0;
  for (Possibility& one : all) sum += one.weight = std::exp(one.weight - highest);
  for (Possibility& one : all) one.weight /= sum;
  return all;
}

// Expected true means.
std::vector<double> means_of(std::span<const Arm> arms, const Field& field, const Possibility& one) {
  std::vector<double> means;
  const double truth = 1 / one.truth;  // As a precision; 0 where nothing is known.
  for (const Arm& arm : arms) {
    const double own = static_cast<double>(arm.runs) / one.noise;
    means.push_back((truth * field.centre + own * arm.mean) / (truth + own));
  }
  return means;
}

}  // namespace

PooledNoise pooled_noise(std::span<const Arm> arms) {
  PooledNoise pooled;
  double squares = 0;
  std::vector<double> means;
  for (const Arm& arm : arms) {
    means.push_back(arm.mean);
    squares += arm.squares;
    pooled.freedom += arm.runs - 1;
  }
  if (pooled.freedom == 0) return pooled;
  std::sort(means.begin(), means.end());
  double gap = std::numeric_limits<double>::infinity();
  for (std::size_t i = 1; i < means.size(); ++i) {
    if (means[i] > means[i - 1]) gap = std::min(gap, means[i] - means[i - 1]);
  }
  const double least = std::isfinite(gap) ? gap * gap / 12 : std::numeric_limits<double>::min();
  pooled.variance = std::max(squares / static_cast<double>(pooled.freedom), least);
  return pooled;
}

std::vector<NoiseFactor> noise_factors(std::int64_t freedom, std::size_t count) {
  const auto nu = static_cast<double>(freedom);
  // Between densities of about 1e-6 and 1e-3 of the highest, where the right tail is like exp(-nu u / 2).
  const double low = -std::log(1 + 8 / std::sqrt(nu) + 28 / nu);
  const double high = std::min(14 / nu, 7.0) + 8 / std::sqrt(nu + 15);
  std::vector<NoiseFactor> factors;
  for (std::size_t i = 0; i < count; ++i) {
    const double u = low + (high - low) * static_cast<double>(i) / static_cast<double>(count - 1);
    factors.push_back({.log_factor = u, .log_weight = -0.5 * nu * (u + std::exp(-u) - 1)});
  }
  return factors;
}

BestArm find_best_arm(std::span<const Arm> arms) {
  STERLET_CHECK(!arms.empty(), "nothing to choose from");
  BestArm best;
  const auto less = [](const Arm& a, const Arm& b) { return a.mean < b.mean; };
  best.index = static_cast<std::size_t>(std::min_element(arms.begin(), arms.end(), less) - arms.begin());
  const Field field = field_of(arms);
  if (field.noise.freedom == 0) return best;
  // The mean of the noise's variance is infinite where it was measured with few degrees of freedom; that of its
  // logarithm is not.
  double log_noise = 0, truth = 0;
  best.means.assign(arms.size(), 0.0);
  for (const Possibility& one : possibilities(field)) {
    log_noise += one.weight * std::log(one.noise);
    if (field.has_prior()) truth += one.weight * one.truth;
    const std::vector<double> means = means_of(arms, field, one);
    for (std::size_t i = 0; i < arms.size(); ++i) best.means[i] += one.weight * means[i];
  }
  best.noise_sd = std::exp(0.5 * log_noise);
  best.truth_sd = std::sqrt(truth);
  best.index = static_cast<std::size_t>(std::min_element(best.means.begin(), best.means.end()) - best.means.begin());
  return best;
}

std::optional<std::size_t> next_arm(std::span<const Arm> arms, const BestArm& best) {
  std::optional<std::size_t> chosen;
  if (!best.noise_sd) {
    for (std::size_t i = 0; i < arms.size(); ++i) {
      if (arms[i].is_full || arms[i].under_way > 0) continue;
      if (!chosen || arms[i].mean < arms[*chosen].mean) chosen = i;
    }
    return chosen;
  }
  const double noise = *best.noise_sd * *best.noise_sd;
  const double truth = best.truth_sd > 0 ? 1 / (best.truth_sd * best.truth_sd) : 0;
  const auto runs = [&](std::size_t i) { return static_cast<double>(arms[i].runs + arms[i].under_way); };
  const auto variance = [&](std::size_t i) { return 1 / (truth + runs(i) / noise); };
  const std::size_t leader = best.index;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t j = 0; j < arms.size(); ++j) {
    if (j == leader || (arms[j].is_full && arms[leader].is_full)) continue;
    const double gap = best.means[j] - best.means[leader];
    const double cost = gap * gap / (variance(j) + variance(leader));
    if (cost >= least) continue;
    least = cost;
    chosen = j;
  }
  if (!chosen) return std::nullopt;
  const bool prefers_leader = runs(leader) <= runs(*chosen);
  if (arms[*chosen].is_full || (prefers_leader && !arms[leader].is_full)) return leader;
  return chosen;
}

}  // namespace sterlet::analysis
