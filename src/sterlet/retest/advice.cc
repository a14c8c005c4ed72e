#include "sterlet/retest/advice.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "sterlet/base/figure.h"
#include "sterlet/base/text.h"
#include "sterlet/math/student.h"

namespace sterlet::retest {

namespace {

using analysis::Verdict;

constexpr double kGainLevel = 0.05;
constexpr std::size_t kGainTrialsMin = 5;

// Mean ranks of equals.
std::vector<double> ranks_of(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i + 1;
    while (end < order.size() && values[order[end]] == values[order[i]]) ++end;
    for (std::size_t j = i; j < end; ++j) ranks[order[j]] = static_cast<double>(i + end - 1) / 2;
    i = end;
  }
  return ranks;
}

double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const double n = static_cast<double>(a.size());
  const double mean_a = std::accumulate(a.begin(), a.end(), 0.0) / n;
  const double mean_b = std::accumulate(b.begin(), b.end(), 0.0) / n;
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += (a[i] - mean_a) * (b[i] - mean_b);
    aa += (a[i] - mean_a) * (a[i] - mean_a);
    bb += (b[i] - mean_b) * (b[i] - mean_b);
  }
  return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : 0;
}

// The mean of what is now, to be minimised; a failure counts as worse than all.
std::vector<double> means_now(const RetestResult& result, const studyfile::Objective& objective) {
  std::vector<double> means;
  for (const Retested& one : result.trials) {
    double sum = 0;
    for (const auto& value : one.now)
      sum += value ? objective.minimised(*value) : std::numeric_limits<double>::infinity();
    means.push_back(sum / static_cast<double>(one.now.size()));
  }
  return means;
}

double spread(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2] - values.front();
}

std::string value_text(const RetestResult& result, std::size_t index) {
  double sum = 0;
  int count = 0;
  for (const auto& value : result.trials[index].now) {
    if (!value) continue;
    sum += *value;
    ++count;
  }
  return count == 0 ? std::string("failed") : base::short_figure_text(sum / count);
}

// As --time takes it, rounded up.
std::string time_option(double seconds) {
  if (seconds <= 90) return fmt::format("{:.0f}s", std::max(1.0, std::ceil(seconds)));
  if (seconds <= 5400) return fmt::format("{:.0f}m", std::ceil(seconds / 60));
  return fmt::format("{:.0f}h", std::ceil(seconds / 3600));
}

std::string advice_text(const RetestResult& result, const study::Study& study) {
  const std::string& metric = study.spec().objectives.front().metric;
  const std::string& name = study.spec().name;
  const Retested& then = result.trials.front();
  const Retested& now = result.trials[result.judgement.best_now];
  switch (result.judgement.verdict) {
    case Verdict::kHolds:
      return fmt::format("keep the settings of trial {}", then.trial);
    case Verdict::kDrifted:
      return fmt::format("keep the settings of trial {}, and expect {} about {} in place of {}", then.trial, metric,
                         value_text(result, 0), base::short_figure_text(then.then));
    case Verdict::kRusted:
      return fmt::format(
          "tune again under another name, or with --storage elsewhere, and begin with trial {} ({} {}; the old best, "
          "trial {}, has {}): sterlet show {} {}",
          now.trial, metric, value_text(result, result.judgement.best_now), then.trial, value_text(result, 0), name,
          now.trial);
    case Verdict::kUnsure:
      if (result.seconds_wanted) {
        return fmt::format("give it more time, as in sterlet retest {} --time {}", name,
                           time_option(*result.seconds_wanted));
      }
      return fmt::format("give it more evaluations, as in sterlet retest {} --trials {}", name,
                         2 * std::max<std::int64_t>(result.evaluations, 8));
  }
  return {};
}

}  // namespace

std::vector<std::string> find_gains(const RetestResult& result, const study::Study& study,
                                    std::span<const analysis::OldSetting> settings,
                                    std::span<const std::size_t> places) {
  std::vector<std::string> gains;
  const std::size_t n = places.size();
  if (n < kGainTrialsMin) return gains;
  std::vector<double> then;
  for (const std::size_t place : places) then.push_back(settings[place].value);
  const std::vector<double> was = ranks_of(then);
  const std::vector<double> is = ranks_of(means_now(result, study.spec().objectives.front()));
  std::vector<double> gained(n);
  for (std::size_t i = 0; i < n; ++i) gained[i] = was[i] - is[i];
  const auto& dimensions = study.space().dimensions();
  for (std::size_t d = 0; d < dimensions.size(); ++d) {
    const space::Parameter& parameter = study.space().parameters()[dimensions[d].parameter];
    if (!space::is_numeric(parameter)) continue;
    std::vector<double> coordinates;
    for (const std::size_t place : places) coordinates.push_back(settings[place].unit[d]);
    if (std::any_of(coordinates.begin(), coordinates.end(), [](double x) { return std::isnan(x); })) continue;
    const double rho = correlation(ranks_of(coordinates), ranks_of(gained));
    const double freedom = static_cast<double>(n) - 2;
    const double t = std::abs(rho) * std::sqrt(freedom / std::max(1e-12, 1 - rho * rho));
    const double p = 2 * (1 - math::student_cdf(t, freedom)) * static_cast<double>(dimensions.size());
    if (p >= kGainLevel) continue;
    gains.push_back(fmt::format("settings with a {} {} do better than then", rho > 0 ? "larger" : "smaller",
                                study.space().dimension_name(d)));
  }
  return gains;
}

void add_advice(RetestResult& result, const study::Study& study, std::span<const analysis::OldSetting> settings,
                std::span<const std::size_t> places) {
  std::vector<double> then;
  for (const std::size_t place : places) then.push_back(settings[place].value);
  const double was = spread(then), is = spread(means_now(result, study.spec().objectives.front()));
  // Where noise hides all differences it is what they consist of.
  if (was > 0 && std::isfinite(is) && result.judgement.correlation) result.scale = is / was;
  const bool is_changed =
      result.judgement.verdict == Verdict::kRusted || result.judgement.correlation.value_or(1) < 0.9;
  if (is_changed) result.gains = find_gains(result, study, settings, places);
  result.advice = advice_text(result, study);
}

}  // namespace sterlet::retest
