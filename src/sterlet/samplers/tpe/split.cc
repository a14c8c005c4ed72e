#include "sterlet/samplers/tpe/split.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sterlet/math/hypervolume.h"
#include "sterlet/math/pareto.h"

namespace sterlet::samplers {

using space::Observation;
using space::Outcome;

void TrialRanking::clear() { *this = {}; }

TrialRanking::Key TrialRanking::key_of(const Observation& trial) {
  const auto number = static_cast<std::uint32_t>(trial.number);
  const bool over =
      trial.outcome == Outcome::kComplete || trial.outcome == Outcome::kPruned || trial.outcome == Outcome::kFailed;
  if (!over) return {.group = Group::kNone, .number = number};
  const auto is_nan = [](double value) { return std::isnan(value); };
  const bool lacks_value = trial.values.empty() && trial.outcome == Outcome::kComplete;
  if (trial.outcome == Outcome::kFailed || lacks_value || std::ranges::any_of(trial.values, is_nan) ||
      std::ranges::any_of(trial.constraints, is_nan)) {
    return {.group = Group::kFailed, .number = number};
  }
  double violation = 0;
  for (const double constraint : trial.constraints) violation += std::max(constraint, 0.0);
  if (violation > 0) return {.group = Group::kInfeasible, .first = violation, .number = number};
  if (trial.outcome == Outcome::kPruned) {
    const double value = trial.values.empty() ? std::numeric_limits<double>::infinity() : trial.values[0];
    return {.group = Group::kPruned, .first = -static_cast<double>(trial.last_step), .second = value, .number = number};
  }
  return {.group = Group::kComplete, .first = trial.values[0], .number = number};
}

void TrialRanking::update(const space::History& history, std::span<const std::uint32_t> changed) {
  const auto before = [&](std::uint32_t a, const Key& b) { return keys_[a] < b; };
  for (const std::uint32_t number : changed) {
    if (number >= keys_.size()) keys_.resize(number + 1);
    Key& known = keys_[number];
    const Key now = key_of(history.trials()[number]);
    if (known.group > Group::kFailed) order_.erase(std::lower_bound(order_.begin(), order_.end(), known, before));
    failed_ -= known.group == Group::kFailed ? 1 : 0;
    infeasible_ -= known.group == Group::kInfeasible ? 1 : 0;
    known = now;
    if (now.group > Group::kFailed) order_.insert(std::lower_bound(order_.begin(), order_.end(), now, before), number);
    failed_ += now.group == Group::kFailed ? 1 : 0;
    infeasible_ += now.group == Group::kInfeasible ? 1 : 0;
  }
}

std::vector<std::uint32_t> TrialRanking::best(const space::History& history, std::size_t count) const {
  count = std::min(count, order_.size());
  if (count > 0 && history.trials()[order_[0]].values.size() > 1) return best_of_several(history, count);
  return {order_.begin(), order_.begin() + static_cast<std::ptrdiff_t>(count)};
}

std::vector<std::uint32_t> TrialRanking::best_of_several(const space::History& history, std::size_t count) const {
  const auto end = std::partition_point(order_.begin(), order_.end(),
                                        [&](std::uint32_t number) { return keys_[number].group == Group::kComplete; });
  std::vector<std::uint32_t> complete(order_.begin(), end);
  std::sort(complete.begin(), complete.end());
  const std::size_t width = history.trials()[order_[0]].values.size();
  std::vector<double> values;
  for (const std::uint32_t number : complete) {
    for (const double value : history.trials()[number].values) {
      // Where the hypervolume is computed, minus infinity is not allowed.
      values.push_back(std::max(value, std::numeric_limits<double>::lowest()));
    }
  }
  const std::vector<std::uint32_t> ranks = math::pareto_ranks({.values = values, .width = width});
  std::vector<std::uint32_t> chosen;
  std::vector<std::uint32_t> front;
  for (std::uint32_t rank = 0; chosen.size() < count; ++rank) {
    front.clear();
    for (std::uint32_t i = 0; i < ranks.size(); ++i) {
      if (ranks[i] == rank) front.push_back(i);
    }
    if (front.empty()) break;
    if (chosen.size() + front.size() <= count) {
      for (const std::uint32_t i : front) chosen.push_back(complete[i]);
      continue;
    }
    std::vector<double> rows;
    for (const std::uint32_t i : front) {
      const auto row = values.begin() + static_cast<std::ptrdiff_t>(i * width);
      rows.insert(rows.end(), row, row + static_cast<std::ptrdiff_t>(width));
    }
    const math::ObjectiveRows points{.values = rows, .width = width};
    for (const std::size_t i :
         math::hypervolume_subset(points, math::default_reference(points), count - chosen.size())) {
      chosen.push_back(complete[front[i]]);
    }
  }
  // Too few feasible ones: the others in their own order.
  for (auto other = end; other != order_.end() && chosen.size() < count; ++other) chosen.push_back(*other);
  return chosen;
}

}  // namespace sterlet::samplers
