#include "sterlet/analysis/size_law.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "sterlet/analysis/size_valley.h"
#include "sterlet/base/rng.h"
#include "sterlet/math/least_squares.h"

namespace sterlet::analysis {

namespace {

constexpr std::size_t kResultsMin = 4;
constexpr std::size_t kPlacesMin = 3;
constexpr double kWeightFall = 2;         // Of the weight, from the best result to the median one.
constexpr double kErrorOfSpacing = 0.25;  // No place is known better than this part of the distance of two neighbours.
constexpr double kTail = 0.05;            // Of a 90% interval.

struct Tried {
  double place = 0, result = 0;
};

std::vector<Tried> finite_of(const SizeTrials& trials) {
  std::vector<Tried> tried;
  for (std::size_t i = 0; i < std::min(trials.places.size(), trials.results.size()); ++i) {
    if (std::isfinite(trials.places[i]) && std::isfinite(trials.results[i])) {
      tried.push_back({trials.places[i], trials.results[i]});
    }
  }
  std::stable_sort(tried.begin(), tried.end(), [](const Tried& x, const Tried& y) { return x.place < y.place; });
  return tried;
}

double median_result(std::vector<Tried> tried) {
  std::sort(tried.begin(), tried.end(), [](const Tried& x, const Tried& y) { return x.result < y.result; });
  return tried[tried.size() / 2].result;
}

// The middle of the distances between different places.
double spacing_of(const std::vector<Tried>& tried) {
  std::vector<double> steps;
  for (std::size_t i = 1; i < tried.size(); ++i) {
    if (tried[i].place > tried[i - 1].place) steps.push_back(tried[i].place - tried[i - 1].place);
  }
  std::sort(steps.begin(), steps.end());
  return steps[steps.size() / 2];
}

std::size_t different_places(const std::vector<Tried>& tried) {
  std::size_t count = tried.empty() ? 0 : 1;
  for (std::size_t i = 1; i < tried.size(); ++i) count += tried[i].place > tried[i - 1].place ? 1 : 0;
  return count;
}

struct Parabola {
  double lowest = 0, error = 0;  // Place.
};

// y = c0 + c1 x + c2 x^2 by weighted least squares; the lowest point is v = -c1 / (2 c2), with the gradient
// (0, -1 / (2 c2), c1 / (2 c2^2)). Nothing where it opens downwards.
std::optional<Parabola> fit_parabola(const std::vector<Tried>& tried, double origin, double unit) {
  const auto best =
      std::min_element(tried.begin(), tried.end(), [](const Tried& x, const Tried& y) { return x.result < y.result; });
  const double range = std::max(median_result(tried) - best->result, 1e-300);
  math::LeastSquares fit(3);
  double weights = 0, squares = 0;
  const auto weight_of = [&](const Tried& each) {
    return std::exp(-kWeightFall * (each.result - best->result) / range);
  };
  for (const Tried& each : tried) {
    const double x = (each.place - origin) / unit, w = weight_of(each);
    fit.add(std::array{1.0, x, x * x}, each.result, w);
    weights += w;
    squares += w * w;
  }
  const auto solution = fit.solve(), covariance = fit.inverse();
  if (!solution || !covariance) return std::nullopt;
  const std::vector<double>& c = *solution;
  if (!(c[2] > 0)) return std::nullopt;
  double residuals = 0;
  for (const Tried& each : tried) {
    const double x = (each.place - origin) / unit, off = each.result - c[0] - c[1] * x - c[2] * x * x;
    residuals += weight_of(each) * off * off;
  }
  const double freedom = std::max(1.0, weights * weights / squares - 3);
  const double variance = residuals / weights * (freedom + 3) / freedom;
  const std::array<double, 2> gradient{-1 / (2 * c[2]), c[1] / (2 * c[2] * c[2])};
  double spread = 0;
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t j = 0; j < 2; ++j) spread += gradient[i] * gradient[j] * (*covariance)[3 * (i + 1) + j + 1];
  }
  return Parabola{.lowest = origin - c[1] / (2 * c[2]) * unit,
                  .error = std::sqrt(std::max(0.0, spread * variance)) * unit};
}

struct Line {
  double a = 0, b = 0;
  double misfit = 0;  // Variance of the places around it beyond their errors.
};

// Weighted least squares of place on ln(size).
Line fit_line(std::span<const BestPlace> best, std::span<const double> places) {
  double w = 0, mean_x = 0, mean_y = 0, xx = 0, xy = 0;
  const auto weight = [](const BestPlace& each) { return 1 / (each.error * each.error); };
  for (std::size_t i = 0; i < best.size(); ++i) {
    w += weight(best[i]);
    mean_x += weight(best[i]) * std::log(best[i].size);
    mean_y += weight(best[i]) * places[i];
  }
  mean_x /= w;
  mean_y /= w;
  for (std::size_t i = 0; i < best.size(); ++i) {
    const double x = std::log(best[i].size) - mean_x;
    xx += weight(best[i]) * x * x;
    xy += weight(best[i]) * x * (places[i] - mean_y);
  }
  Line line{.b = xx > 0 ? xy / xx : 0};
  line.a = mean_y - line.b * mean_x;
  if (best.size() < 3) return line;
  double off = 0, errors = 0;
  for (std::size_t i = 0; i < best.size(); ++i) {
    const double residual = places[i] - line.a - line.b * std::log(best[i].size);
    off += residual * residual / static_cast<double>(best.size() - 2);
    errors += best[i].error * best[i].error / static_cast<double>(best.size());
  }
  line.misfit = std::max(0.0, off - errors);
  return line;
}

Estimate interval_of(double value, std::vector<double> samples) {
  std::sort(samples.begin(), samples.end());
  const auto at = [&](double p) {
    return samples[static_cast<std::size_t>(p * static_cast<double>(samples.size() - 1))];
  };
  return {.value = value, .low = at(kTail), .high = at(1 - kTail)};
}

// A search at the target would find its best place no better than those here were found.
double typical_error(std::span<const BestPlace> best) {
  double squares = 0;
  for (const BestPlace& each : best) squares += each.error * each.error / static_cast<double>(best.size());
  return std::sqrt(squares);
}

// Of the line's value at the target.
double prediction_variance(std::span<const BestPlace> best, double target) {
  double w = 0, mean = 0, xx = 0;
  for (const BestPlace& each : best) {
    const double weight = 1 / (each.error * each.error);
    w += weight;
    mean += weight * std::log(each.size);
  }
  mean /= w;
  for (const BestPlace& each : best) {
    const double x = std::log(each.size) - mean;
    xx += x * x / (each.error * each.error);
  }
  const double x = std::log(target) - mean;
  return 1 / w + (xx > 0 ? x * x / xx : 0);
}

// Where the best place lies at the mean of ln(size), and how it changes: the estimates, and draws of what they may be.
struct Spread {
  double mean = 0;  // Of ln(size).
  double middle = 0, slope = 0;
  std::vector<double> middles, slopes;  // One of each a draw.
  double search = 0;                    // The error with which one size's best place is found.
};

double deviation_of(std::vector<double> samples) {
  std::sort(samples.begin(), samples.end());
  const auto at = [&](double p) {
    return samples[static_cast<std::size_t>(p * static_cast<double>(samples.size() - 1))];
  };
  return (at(0.84) - at(0.16)) / 2;  // Which a few wild ones do not move.
}

// An estimate with a large error is drawn towards what is usual.
void draw_to_usual(Spread& spread, const SizeLawOptions& options, base::RandomStream& stream) {
  if (!(options.power_spread > 0)) return;
  const double error = deviation_of(spread.slopes), prior = options.power_spread * options.power_spread;
  const double share = prior / (prior + error * error), left = std::sqrt(share * (1 - share)) * error;
  spread.slope = share * spread.slope + (1 - share) * options.power_usual;
  for (double& slope : spread.slopes) {
    slope = share * slope + (1 - share) * options.power_usual + left * stream.normal();
  }
}

SizeTrials finite_trials(const SizeTrials& trials) {
  SizeTrials out{.size = trials.size};
  for (const Tried& each : finite_of(trials)) {
    out.places.push_back(each.place);
    out.results.push_back(each.result);
  }
  return out;
}

// All sizes together: draws of a valley's middle and slope from what they may be.
std::optional<Spread> spread_of_valleys(std::span<const SizeTrials> sizes, const SizeLawOptions& options) {
  std::vector<SizeTrials> finite;
  for (const SizeTrials& each : sizes) {
    finite.push_back(finite_trials(each));
    if (finite.back().results.size() < kResultsMin) finite.pop_back();
  }
  const auto valley = fit_size_valley(finite, {.mean = options.power_usual, .spread = options.power_spread});
  if (!valley) return std::nullopt;
  Spread spread{.mean = valley->mean_log_size};
  const std::size_t row = valley->slopes.size();
  std::vector<double> up_to;  // Of the cells' probabilities.
  double sum = 0;
  for (std::size_t cell = 0; cell < valley->probabilities.size(); ++cell) {
    sum += valley->probabilities[cell];
    up_to.push_back(sum);
    spread.middle += valley->probabilities[cell] * valley->middles[cell / row];
    spread.slope += valley->probabilities[cell] * valley->slopes[cell % row];
  }
  base::RandomStream stream({.seed = options.seed, .stream = kAnalysisStream});
  for (int i = 0; i < options.samples; ++i) {
    const auto found = std::lower_bound(up_to.begin(), up_to.end(), stream.uniform() * sum);
    const auto cell = std::min(static_cast<std::size_t>(found - up_to.begin()), up_to.size() - 1);
    spread.middles.push_back(valley->middles[cell / row] + (stream.uniform() - 0.5) * valley->middle_step);
    spread.slopes.push_back(valley->slopes[cell % row] + (stream.uniform() - 0.5) * valley->slope_step);
  }
  // A search at the target has one size's trials.
  spread.search = deviation_of(spread.middles) * std::sqrt(static_cast<double>(finite.size()));
  return spread;
}

// Each size by itself: a line through the best places, drawn anew by their errors.
Spread spread_of_places(const std::vector<BestPlace>& best, const SizeLawOptions& options) {
  std::vector<double> places;
  for (const BestPlace& each : best) places.push_back(each.place);
  const Line line = fit_line(best, places);
  Spread spread{.slope = line.b};
  for (const BestPlace& each : best) spread.mean += std::log(each.size) / static_cast<double>(best.size());
  spread.middle = line.a + line.b * spread.mean;
  spread.search = std::hypot(typical_error(best), std::sqrt(line.misfit));
  base::RandomStream stream({.seed = options.seed, .stream = kAnalysisStream});
  for (int i = 0; i < options.samples; ++i) {
    std::vector<double> drawn;
    for (const BestPlace& each : best) drawn.push_back(each.place + each.error * stream.normal());
    const Line sample = fit_line(best, drawn);
    spread.slopes.push_back(sample.b);
    spread.middles.push_back(sample.a + sample.b * spread.mean);
  }
  draw_to_usual(spread, options, stream);
  return spread;
}

void judge(const Spread& spread, double target, const SizeLawOptions& options, SizeLaw& law) {
  const double way = std::log(target) - spread.mean, whole_way = std::log(target / law.best.front().size);
  law.b = interval_of(spread.slope, spread.slopes);
  law.a = spread.middle - spread.slope * spread.mean;
  const double shift = std::fabs(law.b.value * whole_way);
  const double most = std::max(std::fabs(law.b.low), std::fabs(law.b.high)) * std::fabs(whole_way);
  if ((law.b.low > 0 || law.b.high < 0) && shift > options.tolerance) law.verdict = SizeLaw::Verdict::kMoves;
  if (most <= options.tolerance) law.verdict = SizeLaw::Verdict::kStays;
  const double share = law.verdict == SizeLaw::Verdict::kStays ? 0 : 1;
  base::RandomStream stream({.seed = options.seed, .trial = 1, .stream = kAnalysisStream});
  std::vector<double> targets;
  for (std::size_t i = 0; i < spread.slopes.size(); ++i) {
    targets.push_back(spread.middles[i] + share * spread.slopes[i] * way + spread.search * stream.normal());
  }
  law.target = interval_of(spread.middle + share * spread.slope * way, std::move(targets));
}

}  // namespace

std::optional<BestPlace> best_place(const SizeTrials& trials) {
  const std::vector<Tried> tried = finite_of(trials);
  if (tried.size() < kResultsMin || different_places(tried) < kPlacesMin) return std::nullopt;
  const auto best =
      std::min_element(tried.begin(), tried.end(), [](const Tried& x, const Tried& y) { return x.result < y.result; });
  const double spacing = spacing_of(tried);
  const auto parabola = fit_parabola(tried, best->place, spacing);
  const bool is_inside = parabola && parabola->lowest > tried.front().place && parabola->lowest < tried.back().place;
  if (!is_inside) return BestPlace{.size = trials.size, .place = best->place, .error = spacing, .at_edge = true};
  return BestPlace{
      .size = trials.size, .place = parabola->lowest, .error = std::max(parabola->error, kErrorOfSpacing * spacing)};
}

std::optional<SizeLaw> fit_size_law(std::span<const SizeTrials> sizes, double target, const SizeLawOptions& options) {
  SizeLaw law;
  for (const SizeTrials& trials : sizes) {
    if (const auto best = best_place(trials)) law.best.push_back(*best);
  }
  std::stable_sort(law.best.begin(), law.best.end(),
                   [](const BestPlace& x, const BestPlace& y) { return x.size < y.size; });
  if (law.best.size() < 2 || law.best.front().size == law.best.back().size) return std::nullopt;
  const auto valleys = spread_of_valleys(sizes, options);
  const Spread found = valleys ? *valleys : spread_of_places(law.best, options);
  judge(found, target, options, law);
  return law;
}

std::optional<NextSize> next_size(const SizeLaw& law, std::span<const SizeTrials> sizes, double target) {
  if (law.best.size() < 2 || !(target > law.best.front().size)) return std::nullopt;
  double count = 0, mean_x = 0, mean_y = 0, xx = 0, xy = 0, error = 0;
  for (const SizeTrials& each : sizes) {
    count += 1;
    mean_x += std::log(each.size);
    mean_y += std::log(std::max(each.cost, 1e-9));
  }
  mean_x /= count;
  mean_y /= count;
  for (const SizeTrials& each : sizes) {
    xx += (std::log(each.size) - mean_x) * (std::log(each.size) - mean_x);
    xy += (std::log(each.size) - mean_x) * (std::log(std::max(each.cost, 1e-9)) - mean_y);
  }
  const double power = xx > 0 ? std::max(0.0, xy / xx) : 1;
  for (const BestPlace& each : law.best) error += each.error / static_cast<double>(law.best.size());
  const double now = prediction_variance(law.best, target);
  std::optional<NextSize> chosen;
  double chosen_gain = 0;
  for (double size = law.best.front().size; size < target * 0.999; size *= std::sqrt(2.0)) {
    std::vector<BestPlace> with = law.best;
    with.push_back({.size = size, .error = error});
    const double then = prediction_variance(with, target);
    const double cost = std::exp(mean_y + power * (std::log(size) - mean_x));
    const double gain = (now - then) / cost;
    if (chosen && gain <= chosen_gain) continue;
    chosen = NextSize{.size = size, .cost = cost, .error_now = std::sqrt(now), .error_then = std::sqrt(then)};
    chosen_gain = gain;
  }
  return chosen;
}

}  // namespace sterlet::analysis
