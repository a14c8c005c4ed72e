#include "sterlet/samplers/elites.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

#include "sterlet/math/pareto.h"

namespace sterlet::samplers {

namespace {

using space::Observation;
using space::Outcome;

struct Candidate {
  std::size_t trial = 0;
  double violation = 0;  // Sum of the constraints' positive parts.
  bool pruned = false;
  std::int64_t steps = 0;  // Of a pruned one.
  std::vector<double> values;
};

double violation_of(const Observation& trial) {
  double sum = 0;
  for (const double constraint : trial.constraints) sum += constraint > 0 ? constraint : 0;
  return sum;
}

bool has_values(const Observation& trial) {
  return !trial.values.empty() &&
         std::none_of(trial.values.begin(), trial.values.end(), [](double value) { return std::isnan(value); });
}

// One for each different setting; a setting tried several times has the mean of its values.
std::vector<Candidate> candidates_of(const space::History& history, std::span<const std::uint32_t> among) {
  std::vector<Candidate> list;
  for (const std::uint32_t number : among) {
    const Observation& trial = history.trials()[number];
    const bool ranked = trial.outcome == Outcome::kComplete || trial.outcome == Outcome::kPruned;
    if (!ranked || !has_values(trial)) continue;
    Candidate candidate{.trial = number,
                        .violation = violation_of(trial),
                        .pruned = trial.outcome == Outcome::kPruned,
                        .steps = trial.last_step,
                        .values = trial.values};
    bool is_first = true;
    double count = 1;
    for (const std::int64_t twin : history.trials_at(trial.point)) {
      const Observation& other = history.trials()[static_cast<std::size_t>(twin)];
      const bool counts = twin != trial.number && other.outcome == trial.outcome && has_values(other) &&
                          other.values.size() == trial.values.size() &&
                          std::binary_search(among.begin(), among.end(), static_cast<std::uint32_t>(twin));
      if (!counts) continue;
      is_first = is_first && twin > trial.number;
      for (std::size_t i = 0; i < trial.values.size(); ++i) candidate.values[i] += other.values[i];
      ++count;
    }
    if (!is_first) continue;
    for (double& value : candidate.values) value /= count;
    list.push_back(std::move(candidate));
  }
  return list;
}

// Puts whole fronts first, the freest first within the one that `count` cuts.
void order_by_front(std::span<Candidate> list, std::size_t count) {
  if (list.empty()) return;
  std::vector<double> values;
  for (const Candidate& candidate : list) {
    values.insert(values.end(), candidate.values.begin(), candidate.values.end());
  }
  const math::ObjectiveRows rows{.values = values, .width = list.front().values.size()};
  const std::vector<std::uint32_t> ranks = math::pareto_ranks(rows);
  std::vector<std::size_t> order(list.size());
  std::iota(order.begin(), order.end(), 0);
  const auto by_rank = [&](std::size_t a, std::size_t b) { return ranks[a] < ranks[b]; };
  std::stable_sort(order.begin(), order.end(), by_rank);
  if (count < order.size()) {
    const auto [begin, end] = std::equal_range(order.begin(), order.end(), order[count], by_rank);
    const std::vector<std::size_t> front(begin, end);
    const std::vector<double> gaps = math::crowding_distances(rows, front);
    std::vector<std::size_t> places(front.size());
    std::iota(places.begin(), places.end(), 0);
    std::stable_sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) { return gaps[a] > gaps[b]; });
    std::transform(places.begin(), places.end(), begin, [&](std::size_t place) { return front[place]; });
  }
  std::vector<Candidate> ordered;
  for (const std::size_t i : order) ordered.push_back(std::move(list[i]));
  std::move(ordered.begin(), ordered.end(), list.begin());
}

}  // namespace

Elites find_elites(const space::History& history, std::span<const std::uint32_t> among, std::size_t count) {
  std::vector<Candidate> list = candidates_of(history, among);
  Elites elites;
  if (list.empty() || count == 0) return elites;
  std::sort(list.begin(), list.end(), [](const Candidate& a, const Candidate& b) {
    const std::int64_t a_left = a.pruned ? -a.steps : 0, b_left = b.pruned ? -b.steps : 0;
    return std::tie(a.violation, a.pruned, a_left, a.values, a.trial) <
           std::tie(b.violation, b.pruned, b_left, b.values, b.trial);
  });
  elites.has_best = list.front().values.size() == 1;
  // Several objectives: the complete ones that break nothing stand first and are put in the order of their fronts.
  std::size_t fronted = 0;
  while (!elites.has_best && fronted < list.size() && list[fronted].violation == 0 && !list[fronted].pruned) ++fronted;
  order_by_front(std::span(list).first(fronted), count);
  for (std::size_t i = 0; i < std::min(count, list.size()); ++i) elites.trials.push_back(list[i].trial);
  double sum = 0;
  const auto size = static_cast<double>(elites.trials.size());
  for (std::size_t i = 0; i < elites.trials.size(); ++i) {
    elites.weights.push_back(elites.has_best ? std::log(size + 0.5) - std::log(static_cast<double>(i) + 1) : 1);
    sum += elites.weights.back();
  }
  for (double& weight : elites.weights) weight /= sum;
  return elites;
}

}  // namespace sterlet::samplers
