#include "sterlet/samplers/gp/told.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sterlet::samplers {

namespace {

constexpr std::size_t kMostApart = 64;  // Later they are learned each time there is a twelfth more, or so many.

bool is_predicted(const space::Observation& trial) {
  return trial.outcome == space::Outcome::kPruned && trial.predicted_sd > 0;
}

bool has_values(const space::Observation& trial, std::size_t objectives) {
  return (trial.outcome == space::Outcome::kComplete || trial.outcome == space::Outcome::kPruned) &&
         trial.values.size() >= objectives &&
         std::all_of(trial.values.begin(), trial.values.end(), [](double value) { return value <= 1e300; });  // No NaN.
}

// How many trials share the best value; with several objectives, the first one's values.
std::size_t ties_of_best(const space::History& history, const GpTrials& told, std::size_t objectives) {
  const std::vector<double>* best = nullptr;
  std::size_t ties = 0;
  for (const std::size_t number : told.trials) {
    const space::Observation& trial = history.trials()[number];
    if (!has_values(trial, objectives)) continue;
    if (best == nullptr || (objectives == 1 && trial.values.front() < best->front())) {
      best = &trial.values;
      ties = 0;
    }
    if (trial.values == *best) ++ties;
  }
  return ties;
}

}  // namespace

GpTrials read_trials(const space::History& history, std::size_t objectives) {
  GpTrials told;
  std::vector<std::size_t> places;  // Of each ended trial, how many came before it.
  for (const space::Observation& trial : history.trials()) {
    if (trial.outcome == space::Outcome::kVoid) continue;
    const auto number = static_cast<std::size_t>(trial.number);
    if (trial.outcome == space::Outcome::kPending) {
      told.pending.push_back(number);
    } else {
      told.trials.push_back(number);
      places.push_back(told.created);
      told.feasible.push_back(
          std::none_of(trial.constraints.begin(), trial.constraints.end(), [](double c) { return !(c <= 0); }));
      told.constraints = std::max(told.constraints, trial.constraints.size());
      const bool good = has_values(trial, objectives);
      if (good) ++told.good;
      told.failures_in_row = good ? 0 : told.failures_in_row + 1;
    }
    ++told.created;
  }
  std::size_t limit = told.created;
  if (told.created > kGpAlwaysFit + told.pending.size()) {
    limit = kGpAlwaysFit;
    while (true) {
      const std::size_t next = limit + std::clamp<std::size_t>(limit / 12, 1, kMostApart);
      if (next > told.created - told.pending.size()) break;
      limit = next;
    }
  }
  told.best_ties = ties_of_best(history, told, objectives);
  std::size_t useful = 0;
  for (std::size_t i = 0; i < told.trials.size(); ++i) {
    told.settled.push_back(places[i] < limit);
    if (told.settled[i] && has_values(history.trials()[told.trials[i]], objectives)) ++useful;
  }
  if (useful < 2) told.settled.assign(told.trials.size(), true);
  return told;
}

GpTrials trials_in(const Family& family, const GpTrials& all, const UnitTable& table, const space::History& history) {
  GpTrials own{.created = all.created, .constraints = all.constraints, .failures_in_row = all.failures_in_row};
  bool any_settled = false;
  for (std::size_t i = 0; i < all.trials.size(); ++i) {
    if (!is_in(family, table.row(all.trials[i]))) continue;
    own.trials.push_back(all.trials[i]);
    own.settled.push_back(all.settled[i]);
    own.feasible.push_back(all.feasible[i]);
    if (!has_values(history.trials()[all.trials[i]], 1)) continue;
    ++own.good;
    any_settled = any_settled || all.settled[i];
  }
  for (const std::size_t number : all.pending) {
    if (is_in(family, table.row(number))) own.pending.push_back(number);
  }
  if (!any_settled) own.settled.assign(own.settled.size(), true);
  return own;
}

bool has_values_to_learn(const GpTrials& told, const space::History& history, std::size_t count) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const std::size_t number : told.trials) {
    const space::Observation& trial = history.trials()[number];
    if (!has_values(trial, 1)) continue;
    low = std::min(low, trial.values.front());
    high = std::max(high, trial.values.front());
  }
  return told.good >= count && low < high;
}

std::vector<GpTold> objective_rows(const space::History& history, const GpTrials& told, std::size_t objective,
                                   std::size_t objectives) {
  std::vector<GpTold> rows;
  for (std::size_t i = 0; i < told.trials.size(); ++i) {
    const space::Observation& trial = history.trials()[told.trials[i]];
    if (is_predicted(trial) && objectives == 1) {
      rows.push_back({.trial = told.trials[i],
                      .value = trial.predicted_final,
                      .sd = trial.predicted_sd,
                      .settled = told.settled[i]});
      continue;
    }
    const bool good = has_values(trial, objectives);
    rows.push_back({.trial = told.trials[i],
                    .value = good ? trial.values[objective] : 0,
                    .bad = !good,
                    .runs = static_cast<double>(std::max<std::int64_t>(trial.runs, 1)),
                    .settled = told.settled[i]});
  }
  return rows;
}

std::vector<GpTold> failure_rows(const space::History& history, const GpTrials& told, std::size_t objectives) {
  std::vector<GpTold> rows;
  for (std::size_t i = 0; i < told.trials.size(); ++i) {
    const bool good = has_values(history.trials()[told.trials[i]], objectives);
    rows.push_back({.trial = told.trials[i], .value = good ? -1.0 : 1.0, .settled = told.settled[i]});
  }
  return rows;
}

std::vector<GpTold> constraint_rows(const space::History& history, const GpTrials& told, std::size_t constraint) {
  std::vector<GpTold> rows;
  for (std::size_t i = 0; i < told.trials.size(); ++i) {
    const space::Observation& trial = history.trials()[told.trials[i]];
    if (trial.constraints.size() <= constraint || std::isnan(trial.constraints[constraint])) continue;
    rows.push_back({.trial = told.trials[i], .value = trial.constraints[constraint], .settled = told.settled[i]});
  }
  if (std::none_of(rows.begin(), rows.end(), [](const GpTold& row) { return row.settled; })) {
    for (GpTold& row : rows) row.settled = true;
  }
  return rows;
}

}  // namespace sterlet::samplers
