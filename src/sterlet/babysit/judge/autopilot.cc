#include "sterlet/babysit/judge/autopilot.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

#include <fmt/format.h>

#include "sterlet/babysit/judge/rate.h"

namespace sterlet::babysit {

using base::Json;

namespace {

constexpr double kDecade = 10;
constexpr double kHalfDecade = 3.1622776601683795;
constexpr double kFineRatio = 4;      // Rates of the range test that lie nearer than this are near enough.
constexpr std::size_t kRangeMax = 9;  // Rates in the range test.
constexpr double kEndShare = 0.6;     // Of the steps, spent when the end begins.
constexpr double kLastShare = 0.97;   // From here on a try could not pay any more.
constexpr double kFarthest = 10.1;    // Times or over what the range test found.
constexpr double kUnitStep = 0.2;
constexpr double kTrendP = 0.2;
constexpr double kGainMin = 0.005;
constexpr double kFallen = 0.2;       // Of the level, within ...
constexpr std::size_t kRecent = 4;    // ... so many windows.
constexpr double kLikelyLoss = 1.0;   // Deviations.
constexpr int kPatience = 2;          // Windows, after a try that was lost.
constexpr double kNearlyBest = 0.85;  // Of the best gain.
constexpr double kLowered = 0.75;     // By the plan of a short training, at least, each time.
constexpr double kPlanFloor = 0.02;

std::optional<Proposal> rate_proposal(const space::Space& space, const Situation& situation, const std::string& rate,
                                      double value, std::string reason) {
  const auto json = clamp_to_space(space, situation.params, rate, value);
  if (!json) return std::nullopt;
  return Proposal{.name = rate, .value = *json, .reason = std::move(reason)};
}

std::optional<Proposal> range_test(const space::Space& space, const Situation& situation, const std::string& rate,
                                   bool minimize) {
  std::map<double, double> scores;
  const double base = *base::number_from_json(situation.params[rate]);
  scores[base] = score_of(situation.window, minimize);
  for (const Arm& arm : situation.arms) {
    scores[arm.rate] = arm.ran_away ? HUGE_VAL : score_of(arm.window, minimize);
  }
  if (scores.size() >= kRangeMax) return std::nullopt;
  auto best = scores.begin();
  for (auto it = scores.begin(); it != scores.end(); ++it) {
    if (it->second < best->second) best = it;
  }
  const auto above = std::next(best);
  // The bounds may cut a decade short; what is left of it must be worth a branch.
  const auto outward = [&](double wished, const char* words) -> std::optional<Proposal> {
    auto proposal = rate_proposal(space, situation, rate, wished, words);
    if (!proposal) return std::nullopt;
    const double value = *base::number_from_json(proposal->value);
    for (const auto& [tried, score] : scores) {
      if (std::max(value / tried, tried / value) < kFineRatio / 2) return std::nullopt;
    }
    return proposal;
  };
  if (above == scores.end()) {
    if (auto up = outward(best->first * kDecade, "range test at the start: is a ten times higher rate better"))
      return up;
  }
  if (best == scores.begin()) {
    if (auto down = outward(best->first / kDecade, "range test at the start: is a ten times lower rate better")) {
      return down;
    }
  }
  const bool has_above = above != scores.end(), has_below = best != scores.begin();
  if (!has_above && !has_below) return std::nullopt;
  const auto below = has_below ? std::prev(best) : best;
  const bool is_refined =
      (has_above && above->first / best->first < kFineRatio) || (has_below && best->first / below->first < kFineRatio);
  if (is_refined) return std::nullopt;
  const bool goes_up = has_above && (!has_below || above->second <= below->second);
  const double between = std::sqrt(best->first * (goes_up ? above->first : below->first));
  return rate_proposal(
      space, situation, rate, between,
      fmt::format("range test at the start: between {:.4g}, the best so far, and its better neighbour", best->first));
}

// A lower rate nearly always looks better in its window, also where the training then goes nowhere. With a limit of
// steps it stays above half of what a cosine from the rate found would have come to; a little for rounding.
double lowest_rate(const Situation& situation, const AutopilotLimits& limits) {
  if (!limits.steps) return situation.rate_found / kFarthest;
  return 0.99 * 0.5 * situation.rate_found * 0.5 * (1 + std::cos(std::numbers::pi * std::min(1.0, situation.spent)));
}

std::optional<Proposal> learned(const space::Space& space, const Situation& situation, const std::string& rate,
                                const ResponseModel& model, const AutopilotLimits& limits) {
  std::optional<Proposal> best;
  double best_hope = 0;
  const auto consider = [&](const std::string& name, std::size_t dimension, double value) {
    const auto json = clamp_to_space(space, situation.params, name, value);
    if (!json) return;
    const space::Axis& axis = space.axis(dimension);
    const double step =
        axis.unit(*base::number_from_json(*json)) - axis.unit(*base::number_from_json(situation.params[name]));
    const auto forecast = model.forecast(name, step, situation.phase);
    const double hope = forecast.mean + forecast.sd;
    if (forecast.mean < -kLikelyLoss * forecast.sd || hope <= best_hope) return;
    best_hope = hope;
    best = Proposal{.name = name,
                    .value = *json,
                    .reason = fmt::format("the curve is flat, and this is forecast to gain {:.1f}% (+- {:.1f})",
                                          100 * forecast.mean, 100 * forecast.sd)};
  };
  for (std::size_t i = 0; i < space.parameters().size(); ++i) {
    const space::Parameter& parameter = space.parameters()[i];
    const bool is_number = space::is_numeric(parameter);
    if (!parameter.live || !is_number || !situation.params.contains(parameter.name) ||
        !situation.params[parameter.name].is_number()) {
      continue;
    }
    const double value = *base::number_from_json(situation.params[parameter.name]);
    const std::size_t dimension = space.first_dimension(i);
    if (parameter.name == rate) {
      for (const double wished : {value / kHalfDecade, value * kHalfDecade}) {
        const double off = situation.rate_found > 0 ? wished / situation.rate_found : 1;
        if (off <= kFarthest && wished >= lowest_rate(situation, limits)) consider(rate, dimension, wished);
      }
    } else {
      const space::Axis& axis = space.axis(dimension);
      consider(parameter.name, dimension, axis.value(axis.unit(value) + kUnitStep));
      consider(parameter.name, dimension, axis.value(axis.unit(value) - kUnitStep));
    }
  }
  return best;
}

std::optional<Proposal> planned(const space::Space& space, const Situation& situation, const std::string& rate,
                                bool minimize) {
  const double now = *base::number_from_json(situation.params[rate]);
  std::optional<Proposal> proposal;
  if (situation.plan_rate > 0) {
    const double target = situation.plan_rate * std::max(kPlanFloor, kLowered * (1 - situation.plan_over));
    if (target > kLowered * now) return std::nullopt;
    proposal =
        rate_proposal(space, situation, rate, target, "lowered towards the end, in proportion to the steps left");
  } else {
    const std::size_t window = std::max({situation.window.size(), situation.window_reports, std::size_t{2}});
    const bool is_late = situation.spent >= kEndShare;
    if (!is_late && !is_plateau(situation.line, window, minimize)) return std::nullopt;
    proposal = rate_proposal(
        space, situation, rate, kLowered * now,
        fmt::format("{}; the training is too short for tries, so the rate is lowered from here to the end by plan",
                    is_late ? fmt::format("{:.0f}% of the steps are left", 100 * (1 - situation.spent))
                            : std::string("the curve is flat")));
  }
  if (proposal) proposal->is_planned = true;
  return proposal;
}

bool has_just_fallen(const Curve& line, std::size_t window, bool minimize) {
  const std::size_t size = std::min(line.size(), kRecent * window), part = std::max<std::size_t>(1, window / 2);
  if (size < 2 * part) return false;
  const auto mean_from = [&](std::size_t begin) {
    double sum = 0;
    for (std::size_t i = begin; i < begin + part; ++i) sum += line[i].second / static_cast<double>(part);
    return sum;
  };
  const double before = mean_from(line.size() - size), now = mean_from(line.size() - part);
  return (minimize ? before - now : now - before) > kFallen * std::abs(before);
}

}  // namespace

bool is_ending(const Situation& situation, const AutopilotLimits& limits) {
  return limits.steps && situation.spent >= kEndShare;
}

double score_of(const Curve& window, bool minimize) {
  if (window.empty()) return HUGE_VAL;
  double sum = 0;
  const std::size_t from = window.size() / 2;
  for (std::size_t i = 0; i < window.size(); ++i) {
    if (!std::isfinite(window[i].second)) return HUGE_VAL;
    if (i >= from) sum += minimize ? window[i].second : -window[i].second;
  }
  return sum / static_cast<double>(window.size() - from);
}

bool is_plateau(const Curve& line, std::size_t window, bool minimize) {
  if (line.size() < 2 * window || has_just_fallen(line, window, minimize)) return false;
  const Curve last(line.end() - static_cast<std::ptrdiff_t>(2 * window), line.end());
  const auto n = static_cast<double>(last.size());
  double falls = 0, level = 0;
  std::vector<double> slopes;
  for (std::size_t i = 0; i < last.size(); ++i) {
    level += std::abs(last[i].second) / n;
    for (std::size_t k = i + 1; k < last.size(); ++k) {
      const double fall = minimize ? last[i].second - last[k].second : last[k].second - last[i].second;
      falls += fall > 0 ? 1 : fall < 0 ? -1 : 0;
      slopes.push_back(fall / static_cast<double>(k - i));
    }
  }
  const double sd = std::sqrt(n * (n - 1) * (2 * n + 5) / 18);
  const double p = 0.5 * std::erfc(falls / sd / std::sqrt(2.0));
  const auto middle = slopes.begin() + static_cast<std::ptrdiff_t>(slopes.size() / 2);
  std::nth_element(slopes.begin(), middle, slopes.end());
  return p > kTrendP || *middle * static_cast<double>(window) < kGainMin * level;
}

std::size_t choose_rate(const Situation& situation, bool minimize) {
  std::vector<double> scores = {score_of(situation.window, minimize)}, rates = {situation.rate};
  for (const Arm& arm : situation.arms) {
    scores.push_back(arm.ran_away ? HUGE_VAL : score_of(arm.window, minimize));
    rates.push_back(arm.rate);
  }
  const auto best = static_cast<std::size_t>(std::min_element(scores.begin(), scores.end()) - scores.begin());
  const double first = situation.window.empty() ? HUGE_VAL : situation.window.front().second;
  const double start = minimize ? first : -first;
  if (!std::isfinite(start) || !(start > scores[best])) return best;
  std::size_t chosen = best;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (start - scores[i] >= kNearlyBest * (start - scores[best]) && rates[i] > rates[chosen]) chosen = i;
  }
  return chosen;
}

std::optional<Proposal> propose(const space::Space& space, const Situation& situation, const ResponseModel& model,
                                const AutopilotLimits& limits, bool minimize) {
  const auto rate = find_learning_rate(space, situation.params);
  if (situation.is_start && rate && *base::number_from_json(situation.params[*rate]) > 0) {
    auto proposal = range_test(space, situation, *rate, minimize);
    if (proposal || !situation.arms.empty()) return proposal;
  }
  if (situation.is_short) {
    return rate && situation.arms.empty() ? planned(space, situation, *rate, minimize) : std::nullopt;
  }
  if (!situation.arms.empty() || situation.tries >= limits.tries || situation.spent > kLastShare) return std::nullopt;
  if (situation.last_kept == false && situation.windows_since_try < kPatience) return std::nullopt;
  if (rate && is_ending(situation, limits)) {
    const double lower = *base::number_from_json(situation.params[*rate]) / kHalfDecade;
    if (lower < lowest_rate(situation, limits)) return std::nullopt;
    return rate_proposal(
        space, situation, *rate, lower,
        fmt::format("{:.0f}% of the steps are left: with a lower rate the noise that it keeps up settles",
                    100 * (1 - situation.spent)));
  }
  const std::size_t window = std::max({situation.window.size(), situation.window_reports, std::size_t{2}});
  if (!rate || !is_plateau(situation.line, window, minimize)) return std::nullopt;
  return learned(space, situation, *rate, model, limits);
}

}  // namespace sterlet::babysit
