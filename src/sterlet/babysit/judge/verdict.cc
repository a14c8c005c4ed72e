#include "sterlet/babysit/judge/verdict.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <boost/math/distributions/students_t.hpp>

#include "sterlet/math/curve_model.h"
#include "sterlet/math/median.h"

namespace sterlet::babysit {

namespace {

constexpr double kCaution = 0.6;       // Of the logit.
constexpr double kTransition = 0.1;    // Of the window.
constexpr double kPriorSpread = 16.0;  // Variance of A and B, in squares of the values' range.
constexpr double kNoiseFloor = 1e-4;   // In parts of the values' range.
constexpr double kPairedTransition = 0.4;
constexpr double kFollows = 3;
constexpr double kShareMin = 0.2;
constexpr std::size_t kWindowsBefore = 10;

double student_below(double x, double freedom) {
  if (std::isnan(x)) return 0.5;
  return boost::math::cdf(boost::math::students_t_distribution<double>(freedom), std::clamp(x, -1e6, 1e6));
}

double careful(double probability) {
  const double p = std::clamp(probability, 1e-6, 1 - 1e-6);
  return 1 / (1 + std::exp(-kCaution * std::log(p / (1 - p))));
}

}  // namespace

Curve recent(const Curve& curve, std::int64_t since, std::size_t window) {
  auto begin = curve.begin();
  const auto after = std::find_if(curve.begin(), curve.end(), [&](const auto& point) { return point.first > since; });
  if (static_cast<std::size_t>(curve.end() - after) >= window) begin = after;
  const std::size_t most = kWindowsBefore * window;
  if (static_cast<std::size_t>(curve.end() - begin) > most) begin = curve.end() - static_cast<std::ptrdiff_t>(most);
  return {begin, curve.end()};
}

std::optional<Verdict> judge(const Curve& before, const Curve& after, bool minimize) {
  std::vector<std::pair<double, double>> old;  // Step and value, to be minimised.
  for (const auto& [step, value] : before) {
    if (std::isfinite(value)) old.emplace_back(static_cast<double>(step), minimize ? value : -value);
  }
  const auto skipped = static_cast<std::size_t>(kTransition * static_cast<double>(after.size()));
  const std::size_t count = after.size() - skipped;
  if (old.size() < 4 || count == 0) return std::nullopt;

  const double start = old.front().first;
  const double length = std::max(static_cast<double>(after.back().first) - start, 1.0);
  Verdict verdict;
  std::array<double, math::kShapes> shapes_after{};
  for (std::size_t i = skipped; i < after.size(); ++i) {
    verdict.measured += (minimize ? after[i].second : -after[i].second) / static_cast<double>(count);
    const double share = std::clamp((static_cast<double>(after[i].first) - start) / length, 1e-6, 1.0);
    const auto values = math::shape_values(share);
    for (std::size_t s = 0; s < math::kShapes; ++s) shapes_after[s] += values[s] / static_cast<double>(count);
  }
  math::CurveSums sums;
  std::vector<double> differences;
  double low = HUGE_VAL, high = -HUGE_VAL;
  for (std::size_t i = 0; i < old.size(); ++i) {
    const auto [step, value] = old[i];
    sums.add(math::shape_values(std::clamp((step - start) / length, 1e-6, 1.0)), value);
    if (i > 0) differences.push_back(std::abs(value - old[i - 1].second));
    low = std::min(low, value);
    high = std::max(high, value);
  }
  const double range = high > low ? high - low : std::max(std::abs(high), 1.0) * kNoiseFloor;
  const double noise = std::max(1.4826 * math::median_of(differences) / std::sqrt(2.0), kNoiseFloor * range);
  math::CurvePrior prior;
  prior.mean_a = old.back().second;
  prior.var_aa = prior.var_bb = kPriorSpread * range * range / (noise * noise);
  prior.noise_shape = 1;
  prior.noise_rate = noise * noise;

  // Twice: what follows what is known only after a first fit.
  double share = 1, helped = 0.5;
  for (int round = 0; round < 2; ++round) {
    std::array<math::ShapePosterior, math::kShapes> fits;
    std::size_t likeliest = 0;
    for (std::size_t s = 0; s < math::kShapes; ++s) {
      fits[s] = math::shape_posterior(sums, s, prior, share);
      if (fits[s].log_evidence > fits[likeliest].log_evidence) likeliest = s;
    }
    const double best = fits[likeliest].log_evidence;
    double weights = 0;
    helped = 0;
    verdict.expected = 0;
    const double mean_share = std::max(kShareMin, share);
    for (std::size_t s = 0; s < math::kShapes; ++s) {
      const math::ShapePosterior& fit = fits[s];
      const double g = shapes_after[s];
      const double location = fit.mean_a + fit.mean_b * g;
      const double spread =
          1 / (mean_share * static_cast<double>(count)) + fit.var_aa + 2 * fit.var_ab * g + fit.var_bb * g * g;
      const double scale = std::sqrt(fit.noise_rate / fit.noise_shape * std::max(spread, 1e-300));
      const double weight = std::exp(fit.log_evidence - best);
      weights += weight;
      verdict.expected += weight * location;
      helped += weight * student_below((location - verdict.measured) / scale, 2 * fit.noise_shape);
    }
    helped /= weights;
    verdict.expected /= weights;
    const double follows =
        math::residual_autocorrelation(sums, likeliest, fits[likeliest].mean_a, fits[likeliest].mean_b);
    share = std::max(kShareMin, (1 - follows) / (1 + follows));
  }
  verdict.helped = std::isfinite(verdict.measured) ? careful(helped) : 0.0;
  if (!minimize) {
    verdict.measured = -verdict.measured;
    verdict.expected = -verdict.expected;
  }
  return verdict;
}

std::optional<Verdict> judge_paired(const Curve& unchanged, const Curve& changed, bool minimize) {
  std::vector<std::pair<double, double>> pairs;
  for (auto a = unchanged.begin(), b = changed.begin(); a != unchanged.end() && b != changed.end();) {
    if (a->first == b->first)
      pairs.emplace_back((a++)->second, (b++)->second);
    else if (a->first < b->first)
      ++a;
    else
      ++b;
  }
  const auto skipped = static_cast<std::size_t>(kPairedTransition * static_cast<double>(pairs.size()));
  pairs.erase(pairs.begin(), pairs.begin() + static_cast<std::ptrdiff_t>(skipped));
  if (pairs.size() < 2) return std::nullopt;
  const auto n = static_cast<double>(pairs.size());
  Verdict verdict;
  bool is_log = minimize, is_whole = true, was_whole = true;
  for (const auto& [without, with] : pairs) {
    verdict.measured += with / n;
    verdict.expected += without / n;
    is_log = is_log && without > 0 && with > 0;
    was_whole = was_whole && std::isfinite(without);
    is_whole = is_whole && std::isfinite(with);
  }
  if (!is_whole || !was_whole) {
    verdict.helped = is_whole ? 1 : 0;
    return verdict;
  }
  const auto y = [&](double value) { return is_log ? std::log(value) : minimize ? value : -value; };
  double mean = 0, own = 0, paired = 0;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const double without = y(pairs[i].first), with = y(pairs[i].second);
    mean += (with - without) / n;
    if (i == 0) continue;
    const double step = without - y(pairs[i - 1].first), other = with - y(pairs[i - 1].second);
    own += step * step / 2 / (n - 1);
    paired += (other - step) * (other - step) / 2 / (n - 1);
  }
  const double sd = std::sqrt(kFollows / n * (own + paired));
  verdict.gain = -mean;
  verdict.sd = sd;
  verdict.helped = student_below(-mean / std::max(sd, 1e-12), n - 1);
  return verdict;
}

}  // namespace sterlet::babysit
