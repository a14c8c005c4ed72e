#include "sterlet/samplers/nsga2.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "sterlet/math/hypervolume.h"
#include "sterlet/math/pareto.h"
#include "sterlet/samplers/history_cursor.h"
#include "sterlet/samplers/sobol.h"
#include "sterlet/samplers/unit_table.h"

namespace sterlet::samplers {

namespace {

constexpr int kTriesMax = 20;              // Children that may break constraints before one is repaired.
constexpr std::size_t kRecentStates = 64;  // Remembered one by one; older ones every so many.
constexpr std::size_t kStateStride = 64;

double rounded(double unit) { return std::round(unit * 0x1p40) * 0x1p-40; }

// Between two parents' values and a little beyond, denser near the parents the larger eta (Deb, Agarwal 1995).
double crossed(double mine, double other, double eta, base::RandomStream& stream) {
  const double u = stream.uniform();
  const double spread = u < 0.5 ? std::pow(2 * u, 1 / (eta + 1)) : std::pow(1 / (2 * (1 - u)), 1 / (eta + 1));
  return std::clamp(0.5 * ((1 + spread) * mine + (1 - spread) * other), 0.0, 1.0);
}

// A step of up to the whole way to either end, short ones likelier the larger eta (Deb, Goyal 1996).
double mutated(double value, double eta, base::RandomStream& stream) {
  const double u = stream.uniform();
  if (u < 0.5) return value - value * (1 - std::pow(2 * u, 1 / (eta + 1)));
  return value + (1 - value) * (1 - std::pow(2 * (1 - u), 1 / (eta + 1)));
}

// How a trial compares before its objectives do.
struct Grade {
  int kind = 0;          // 0 complete and feasible, 1 pruned, 2 infeasible, 3 failed.
  double violation = 0;  // Of the infeasible.
  auto operator<=>(const Grade&) const = default;
};

Grade grade_of(const space::Observation& trial, std::size_t objectives) {
  if (trial.outcome == space::Outcome::kFailed || trial.values.size() != objectives) return {.kind = 3};
  for (const double value : trial.values) {
    if (std::isnan(value)) return {.kind = 3};
  }
  double violation = 0;
  for (const double constraint : trial.constraints) {
    if (!(constraint <= 0)) violation += std::isnan(constraint) ? HUGE_VAL : constraint;
  }
  if (violation > 0) return {.kind = 2, .violation = violation};
  return {.kind = trial.outcome == space::Outcome::kPruned ? 1 : 0};
}

class Nsga2 final : public Sampler {
 public:
  Nsga2(const space::Space& space, const Nsga2Options& options, const StudyFacts& facts)
      : space_(space),
        options_(options),
        objectives_(facts.objective_count),
        sobol_(make_sobol(space, facts.seed)),
        units_(space.dimensions().size()) {
    const std::int64_t share = facts.trial_budget.value_or(800) / 16;
    population_ = static_cast<std::size_t>(options.population == 0 ? std::clamp<std::int64_t>(share, 10, 50)
                                                                   : options.population);
  }

  Suggestion suggest(const space::History& history, const base::StreamKey& key) const override {
    follow(history);
    const std::vector<std::uint32_t>& members = states_.back().members;
    if (members.size() < population_ || space_.dimensions().empty()) return sobol_->suggest(history, key);
    return {.point = breed(history, members, key), .origin = space::Origin::kModel};
  }

 private:
  // The population after a number of finished trials: a function of the trials below `next` alone.
  struct State {
    std::size_t next = 0;
    std::size_t index = 0;               // Finished trials taken in.
    std::vector<std::uint32_t> members;  // Trial numbers, ascending.
  };

  void follow(const space::History& history) const {
    const HistoryCursor::Step step = cursor_.advance(history);
    if (step.restart) {
      states_.assign(1, State{});
      units_.clear();
    }
    for (const std::uint32_t number : step.changed) {
      while (states_.back().next > number) states_.pop_back();
    }
    units_.extend(space_, history);
    for (std::size_t next = states_.back().next; next < history.size(); ++next) {
      const space::Outcome outcome = history.trials()[next].outcome;
      if (outcome == space::Outcome::kPending || outcome == space::Outcome::kVoid) continue;
      State state = states_.back();
      state.next = next + 1;
      ++state.index;
      state.members.push_back(static_cast<std::uint32_t>(next));
      if (state.members.size() > population_) drop_worst(history, state.members);
      states_.push_back(std::move(state));
      if (states_.size() <= kRecentStates + 1) continue;
      const std::size_t old = states_.size() - 1 - kRecentStates;
      if (states_[old].index % kStateStride != 0) states_.erase(states_.begin() + static_cast<std::ptrdiff_t>(old));
    }
  }

  std::vector<double> values_of(const space::History& history, std::span<const std::uint32_t> members) const {
    std::vector<double> values;
    values.reserve(members.size() * objectives_);
    for (const std::uint32_t number : members) {
      const std::vector<double>& row = history.trials()[number].values;
      values.insert(values.end(), row.begin(), row.end());
    }
    return values;
  }

  // Of equally bad ones the latest goes.
  void drop_worst(const space::History& history, std::vector<std::uint32_t>& members) const {
    std::vector<Grade> grades;
    for (const std::uint32_t number : members) grades.push_back(grade_of(history.trials()[number], objectives_));
    const Grade worst = *std::max_element(grades.begin(), grades.end());
    std::vector<std::size_t> candidates;  // Places in `members`.
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (grades[i] == worst) candidates.push_back(i);
    }
    std::size_t place = candidates.back();
    if (worst.kind < 2) place = candidates[least_useful(history, members, candidates)];
    members.erase(members.begin() + static_cast<std::ptrdiff_t>(place));
  }

  // Which of the candidates does least for their last front.
  std::size_t least_useful(const space::History& history, const std::vector<std::uint32_t>& members,
                           const std::vector<std::size_t>& candidates) const {
    std::vector<std::uint32_t> numbers;
    for (const std::size_t place : candidates) numbers.push_back(members[place]);
    const std::vector<double> values = values_of(history, numbers);
    const math::ObjectiveRows rows{.values = values, .width = objectives_};
    const std::vector<std::uint32_t> ranks = math::pareto_ranks(rows);
    const std::uint32_t last = *std::max_element(ranks.begin(), ranks.end());
    std::vector<std::size_t> front;
    for (std::size_t i = 0; i < ranks.size(); ++i) {
      if (ranks[i] == last) front.push_back(i);
    }
    const std::vector<double> use =
        options_.hypervolume == 1 ? volumes_of(rows, front) : math::crowding_distances(rows, front);
    std::size_t least = 0;
    for (std::size_t i = 1; i < front.size(); ++i) {
      if (use[i] <= use[least]) least = i;
    }
    return front[least];
  }

  // What each of a front adds to its volume; its ends, which the reference point would decide about, are kept.
  std::vector<double> volumes_of(const math::ObjectiveRows& rows, std::span<const std::size_t> front) const {
    std::vector<double> values;
    for (const std::size_t row : front) values.insert(values.end(), rows[row].begin(), rows[row].end());
    const math::ObjectiveRows own{.values = values, .width = objectives_};
    std::vector<double> volumes = math::hypervolume_contributions(own, math::default_reference(own));
    for (std::size_t objective = 0; objective < objectives_ && objectives_ > 1; ++objective) {
      std::size_t best = 0;
      for (std::size_t i = 1; i < own.count(); ++i) {
        if (own[i][objective] < own[best][objective]) best = i;
      }
      volumes[best] = std::numeric_limits<double>::infinity();
    }
    return volumes;
  }

  // Members ordered for tournaments: a lower number is better; equal where nothing tells them apart.
  std::vector<std::size_t> places_of(const space::History& history, const std::vector<std::uint32_t>& members) const {
    struct Entry {
      Grade grade;
      std::uint32_t rank = 0;
      double lonely = 0;  // Crowding distance.
    };
    std::vector<Entry> entries;
    std::vector<std::uint32_t> numbers;
    std::vector<std::size_t> compared;  // Those whose objectives count.
    for (std::size_t i = 0; i < members.size(); ++i) {
      entries.push_back({.grade = grade_of(history.trials()[members[i]], objectives_)});
      if (entries[i].grade.kind != 0) continue;
      numbers.push_back(members[i]);
      compared.push_back(i);
    }
    const std::vector<double> values = values_of(history, numbers);
    const math::ObjectiveRows rows{.values = values, .width = objectives_};
    const std::vector<std::uint32_t> ranks = math::pareto_ranks(rows);
    const std::uint32_t fronts = ranks.empty() ? 0 : *std::max_element(ranks.begin(), ranks.end()) + 1;
    std::vector<std::vector<std::size_t>> by_front(fronts);
    for (std::size_t i = 0; i < ranks.size(); ++i) by_front[ranks[i]].push_back(i);
    for (const std::vector<std::size_t>& front : by_front) {
      const std::vector<double> distances = math::crowding_distances(rows, front);
      for (std::size_t i = 0; i < front.size(); ++i) {
        entries[compared[front[i]]].rank = ranks[front[i]];
        entries[compared[front[i]]].lonely = distances[i];
      }
    }
    const auto better = [&](std::size_t a, std::size_t b) {
      const Entry &left = entries[a], &right = entries[b];
      if (left.grade != right.grade) return left.grade < right.grade;
      return left.rank != right.rank ? left.rank < right.rank : left.lonely > right.lonely;
    };
    std::vector<std::size_t> order(members.size()), places(members.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), better);
    for (std::size_t i = 1; i < order.size(); ++i) {
      places[order[i]] = better(order[i - 1], order[i]) ? i : places[order[i - 1]];
    }
    return places;
  }

  space::Point breed(const space::History& history, const std::vector<std::uint32_t>& members,
                     base::StreamKey key) const {
    key.stream = base::Stream::kNsga2;
    base::RandomStream stream(key);
    const std::vector<std::size_t> places = places_of(history, members);
    const auto parent = [&] {
      const std::size_t a = stream.below(members.size()), b = stream.below(members.size());
      return units_.row(members[places[b] < places[a] ? b : a]);
    };
    space::Point point;
    for (int i = 0; i < kTriesMax; ++i) {
      const std::span<const double> first = parent(), second = parent();
      point = child_of(first, second, key.attempt, stream);
      if (space_.satisfies_constraints(point)) return point;
    }
    return space_.repair(point, key);
  }

  space::Point child_of(std::span<const double> first, std::span<const double> second, std::uint32_t attempt,
                        base::RandomStream& stream) const {
    std::vector<double> unit(first.begin(), first.end());
    const bool crosses = stream.uniform() < options_.crossover;
    std::size_t active = 0;
    for (std::size_t i = 0; i < unit.size(); ++i) {
      const bool swaps = stream.uniform() < 0.5;
      active += std::isnan(unit[i]) ? 0 : 1;
      if (std::isnan(unit[i])) {
        unit[i] = std::isnan(second[i]) ? stream.uniform() : second[i];
      } else if (crosses && swaps && !std::isnan(second[i])) {
        const bool blends = space_.axis(i).ordered() && stream.uniform() >= options_.exchange;
        unit[i] = blends ? crossed(unit[i], second[i], options_.crossover_eta, stream) : second[i];
      }
    }
    // One mutation a child on average, and one at least where it would be its parent again; more, the more often a
    // child could not be used.
    const double chance = (1.0 + attempt) / static_cast<double>(std::max<std::size_t>(1, active));
    for (std::size_t i = 0; i < unit.size(); ++i) {
      if (stream.uniform() < chance) mutate(unit, i, stream);
    }
    for (double& coordinate : unit) coordinate = rounded(coordinate);
    space::Point point = space_.from_unit(unit);
    if (point == space_.from_unit(first_filled(first, unit))) {
      mutate(unit, stream.below(unit.size()), stream);
      for (double& coordinate : unit) coordinate = rounded(coordinate);
      point = space_.from_unit(unit);
    }
    return point;
  }

  static std::vector<double> first_filled(std::span<const double> row, const std::vector<double>& otherwise) {
    std::vector<double> filled(row.begin(), row.end());
    for (std::size_t i = 0; i < filled.size(); ++i) {
      if (std::isnan(filled[i])) filled[i] = otherwise[i];
    }
    return filled;
  }

  void mutate(std::vector<double>& unit, std::size_t dimension, base::RandomStream& stream) const {
    const space::Axis& axis = space_.axis(dimension);
    const std::uint64_t levels = axis.level_count().value_or(0);
    if (levels == 1) return;
    double& coordinate = unit[dimension];
    if (!axis.ordered()) {  // Another choice, all equally likely.
      const auto count = static_cast<double>(levels);
      const double k = std::min(std::floor(coordinate * count), count - 1);
      const double shift = 1 + static_cast<double>(stream.below(levels - 1));
      coordinate = (std::fmod(k + shift, count) + 0.5) / count;
      return;
    }
    const double before = axis.value(coordinate);
    const double moved = mutated(coordinate, options_.mutation_eta, stream);
    const bool up = moved > coordinate;
    coordinate = moved;
    if (levels == 0 || axis.value(moved) != before) return;
    // Too short a step to leave the level: on to the next one.
    std::uint64_t low = 0, high = levels - 1;
    while (low < high) {
      const std::uint64_t middle = low + (high - low) / 2;
      if (axis.level(middle) < before) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    const bool rises = low == 0 || (up && low + 1 < levels);
    coordinate = axis.unit(axis.level(rises ? low + 1 : low - 1));
  }

  space::Space space_;
  Nsga2Options options_;
  std::size_t objectives_;
  std::size_t population_ = 0;
  std::unique_ptr<Sampler> sobol_;
  // The memo: populations by rising `next`, the first of them empty.
  mutable HistoryCursor cursor_;
  mutable UnitTable units_;
  mutable std::vector<State> states_{State{}};
};

}  // namespace

std::unique_ptr<Sampler> make_nsga2(const space::Space& space, const Nsga2Options& options, const StudyFacts& facts) {
  return std::make_unique<Nsga2>(space, options, facts);
}

}  // namespace sterlet::samplers
