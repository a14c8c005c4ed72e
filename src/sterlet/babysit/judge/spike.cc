#include "sterlet/babysit/judge/spike.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "sterlet/math/median.h"

namespace sterlet::babysit {

namespace {

constexpr std::size_t kWindow = 20;
constexpr std::size_t kReportsMin = 8;
constexpr std::size_t kLevel = 5;
constexpr std::size_t kRun = 3;
constexpr double kJumpNoise = 12, kRunNoise = 6;
constexpr double kJump = 0.6931471805599453;   // log 2
constexpr double kRise = 0.22314355131420976;  // log 1.25
constexpr double kNoiseFloor = 0.01;           // A curve on a log scale that moves less than 1% is called flat.

// Median absolute deviation from the median, of the differences of reports that lie `lag` apart.
double difference_mad(const std::vector<double>& values, std::size_t lag) {
  std::vector<double> differences;
  for (std::size_t i = lag; i < values.size(); ++i) differences.push_back(values[i] - values[i - lag]);
  if (differences.empty()) return 0;
  const double middle = math::median_of(differences);
  for (double& difference : differences) difference = std::abs(difference - middle);
  return math::median_of(differences);
}

Spike spike_at(const Curve& curve, std::size_t first_bad, std::string sentence) {
  return {.good_step = first_bad > 0 ? curve[first_bad - 1].first : 0,
          .first_step = curve[first_bad].first,
          .bad_step = curve.back().first,
          .sentence = std::move(sentence)};
}

// How many noises the reports from `first` on lie above those before, at least; nothing where it is no spike.
std::optional<double> noises_above(const std::vector<double>& y, std::size_t first, bool is_log, double noises,
                                   double rise) {
  const std::size_t begin = first > kWindow ? first - kWindow : 0;
  if (first < begin + kLevel) return std::nullopt;
  const std::vector<double> before(y.begin() + static_cast<std::ptrdiff_t>(begin),
                                   y.begin() + static_cast<std::ptrdiff_t>(first));
  const double level = math::median_of({before.end() - static_cast<std::ptrdiff_t>(kLevel), before.end()});
  const auto [low, high] = std::minmax_element(before.begin(), before.end());
  const double unit = is_log ? 1 : std::max(*high - *low, 1e-12) / kJump;
  const double mad = std::max(difference_mad(before, 1), difference_mad(before, 3));
  const double noise = std::max(1.4826 * mad / std::sqrt(2.0), kNoiseFloor * unit);
  const double least = *std::min_element(y.begin() + static_cast<std::ptrdiff_t>(first), y.end()) - level;
  if (least < noises * noise || least < rise * unit) return std::nullopt;
  return least / noise;
}

}  // namespace

std::optional<Spike> find_spike(const Curve& curve, std::string_view metric, bool minimize) {
  if (curve.empty()) return std::nullopt;
  if (!std::isfinite(curve.back().second)) {
    std::size_t first = curve.size() - 1;
    while (first > 0 && !std::isfinite(curve[first - 1].second)) --first;
    return spike_at(curve, first,
                    fmt::format("{} became {} at step {}", metric, std::isnan(curve.back().second) ? "NaN" : "infinite",
                                curve[first].first));
  }
  const std::size_t from = curve.size() > kWindow + kRun ? curve.size() - kWindow - kRun : 0;
  Curve recent;
  for (std::size_t i = from; i < curve.size(); ++i) {
    if (std::isfinite(curve[i].second)) recent.push_back(curve[i]);
  }
  if (recent.size() < kReportsMin) return std::nullopt;
  const bool is_log =
      minimize && std::all_of(recent.begin(), recent.end(), [](const auto& point) { return point.second > 0; });
  std::vector<double> y;
  for (const auto& [step, value] : recent) y.push_back(is_log ? std::log(value) : minimize ? value : -value);
  std::size_t first = y.size() - 1;
  auto noises = noises_above(y, first, is_log, kJumpNoise, kJump);
  if (!noises) {
    first = y.size() - kRun;
    noises = noises_above(y, first, is_log, kRunNoise, kRise);
  }
  if (!noises) return std::nullopt;
  while (noises_above(y, first - 1, is_log, kRunNoise, kRise)) --first;
  return spike_at(recent, first,
                  fmt::format("{} went from {:.4g} to {:.4g} at step {}, {:.0f} times its noise", metric,
                              recent[first - 1].second, recent.back().second, recent.back().first, *noises));
}

bool tells_divergence(std::string_view reason) {
  std::string word;
  const auto is_word = [&] {
    return word == "nan" || word == "inf" || word == "infinite" || word == "infinity" || word == "diverged";
  };
  for (const char c : reason) {
    const char lower = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    if (lower >= 'a' && lower <= 'z') {
      word += lower;
      continue;
    }
    if (is_word()) return true;
    word.clear();
  }
  return is_word();
}

}  // namespace sterlet::babysit
