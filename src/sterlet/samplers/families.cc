#include "sterlet/samplers/families.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace sterlet::samplers {

namespace {

constexpr std::uint64_t kPeriod = 2, kEarlyFlatPeriod = 4;
constexpr double kFewestShare = 0.5;  // Of an equal share of all trials, that each family has.
constexpr double kPriorTrials = 2;    // That say how far apart a family's values are, before its own are known.
constexpr double kWidestSpread = 3;   // In the distance between the families' bests.
constexpr int kDraws = 16;

bool has_value(const space::Observation& trial) {
  return (trial.outcome == space::Outcome::kComplete || trial.outcome == space::Outcome::kPruned) &&
         !trial.values.empty() && !std::isnan(trial.values.front());
}

// How far the better half of ascending values lies behind the first, on average.
double spread_of(const std::vector<double>& values) {
  const std::size_t half = (values.size() + 1) / 2;
  double sum = 0;
  for (std::size_t i = 0; i < half; ++i) sum += values[i] - values.front();
  return sum / static_cast<double>(half);
}

}  // namespace

bool is_in(const Family& family, std::span<const double> row) {
  return std::all_of(family.begin(), family.end(), [&](const Choice& choice) {
    return std::abs(row[choice.dimension] - choice.unit) < 1e-9;  // False for NaN.
  });
}

Families::Families(const space::Space& space) : space_(space) {
  std::vector<bool> decides(space.parameters().size(), false);
  for (const space::Parameter& parameter : space.parameters()) {
    if (parameter.when.empty()) continue;
    conditions_ = true;
    const auto condition = space::Expression::parse(parameter.when, space.parameters());
    if (!condition) continue;  // Cannot be: the space was checked.
    for (const std::size_t used : condition->uses()) decides[used] = true;
  }
  for (const std::size_t dimension : space.evaluation_order()) {
    const space::Axis& axis = space.axis(dimension);
    const std::size_t parameter = space.dimensions()[dimension].parameter;
    const auto levels = axis.level_count();
    if (axis.ordered() || !levels || *levels < 2 || *levels > kMostLevels) continue;
    if (!space.parameters()[parameter].repeat.empty()) continue;
    if (conditions_ ? !decides[parameter] : *levels < kFewestLevels) continue;
    forks_.push_back({.dimension = dimension,
                      .levels = static_cast<std::size_t>(*levels),
                      .conditional = !space.parameters()[parameter].when.empty()});
  }
}

Choice Families::choice_of(const Fork& fork, std::size_t level) const {
  const space::Axis& axis = space_.axis(fork.dimension);
  return {.dimension = fork.dimension, .level = level, .unit = axis.unit(axis.level(level))};
}

std::vector<Families::Arm> Families::arms_of(const Fork& fork, const space::History& history, const UnitTable& table,
                                             const std::vector<std::size_t>& among) const {
  std::vector<Arm> arms(fork.levels);
  for (const std::size_t i : among) {
    const space::Observation& trial = history.trials()[i];
    if (trial.outcome == space::Outcome::kVoid) continue;
    const double place = table.row(i)[fork.dimension] * static_cast<double>(fork.levels);
    Arm& arm = arms[std::min(static_cast<std::size_t>(place), fork.levels - 1)];
    ++arm.trials;
    if (has_value(trial)) {
      arm.values.push_back(trial.predicted_sd > 0 ? trial.predicted_final : trial.values.front());
    }
  }
  for (Arm& arm : arms) std::sort(arm.values.begin(), arm.values.end());
  return arms;
}

namespace {

// The arm to look at; nothing where nothing is known.
template <typename Arm>
std::optional<std::size_t> choose(const std::vector<Arm>& arms) {
  double all = 0;
  std::vector<double> bests;
  for (const Arm& arm : arms) {
    all += static_cast<double>(arm.trials);
    if (!arm.values.empty()) bests.push_back(arm.values.front());
  }
  if (all == 0) return std::nullopt;
  const auto fewest =
      std::min_element(arms.begin(), arms.end(), [](const Arm& a, const Arm& b) { return a.trials < b.trials; });
  if (static_cast<double>(fewest->trials) < std::log2(all + 1) - 1) {
    return static_cast<std::size_t>(fewest - arms.begin());
  }
  if (bests.empty()) return std::nullopt;
  std::sort(bests.begin(), bests.end());
  const double between = bests[bests.size() / 2] - bests.front();
  const double wanted = kFewestShare * all / static_cast<double>(arms.size());
  const bool is_any_behind = static_cast<double>(fewest->trials) < wanted;
  double least = std::numeric_limits<double>::infinity();
  std::optional<std::size_t> chosen;
  for (std::size_t level = 0; level < arms.size(); ++level) {
    const Arm& arm = arms[level];
    if (arm.values.empty()) continue;
    const auto own = static_cast<double>(arm.trials);
    if (is_any_behind && own >= wanted) continue;
    const double spread = std::min(spread_of(arm.values), kWidestSpread * between);
    const double shrunk = (own * spread + kPriorTrials * between) / (own + kPriorTrials);
    const double plausible = arm.values.front() - shrunk * std::sqrt(std::log(all + 1) / own);
    if (plausible < least) {
      least = plausible;
      chosen = level;
    }
  }
  return chosen;
}

}  // namespace

Family Families::in_turn(const space::History& history, const UnitTable& table, std::uint64_t number) const {
  const std::uint64_t period = !conditions_ && number < kEarly ? kEarlyFlatPeriod : kPeriod;
  if (forks_.empty() || number % period != 0) return {};
  std::vector<std::size_t> among(history.size());
  std::iota(among.begin(), among.end(), 0);
  Family family;
  // Without conditions each choice has turns of its own.
  const std::size_t begin = conditions_ ? 0 : static_cast<std::size_t>(number / period) % forks_.size();
  const std::size_t end = conditions_ ? forks_.size() : begin + 1;
  for (std::size_t f = begin; f < end && !among.empty(); ++f) {
    const Fork& fork = forks_[f];
    std::vector<std::size_t> here;
    for (const std::size_t i : among) {
      if (!std::isnan(table.row(i)[fork.dimension])) here.push_back(i);
    }
    // What is there in parts of the family only is left to the model.
    if (fork.conditional && (here.empty() || here.size() < among.size())) continue;
    const auto level = choose(arms_of(fork, history, table, here));
    if (!level) break;
    family.push_back(choice_of(fork, *level));
    std::erase_if(among, [&](std::size_t i) { return !is_in(family, table.row(i)); });
  }
  return family;
}

std::optional<space::Point> Families::draw(const Family& family, const space::History& history, bool middle,
                                           const base::StreamKey& key) const {
  base::RandomStream stream(key);
  std::vector<double> unit(space_.dimensions().size());
  for (int i = 0; i < kDraws; ++i) {
    for (std::size_t j = 0; j < unit.size(); ++j) {
      const double u = stream.uniform();
      unit[j] = middle && i == 0 && space_.axis(j).ordered() ? 0.5 : u;
    }
    for (const Choice& choice : family) unit[choice.dimension] = choice.unit;
    space::Point point = space_.from_unit(unit);
    if (space_.satisfies_constraints(point) && !history.contains(point)) return point;
  }
  return std::nullopt;
}

}  // namespace sterlet::samplers
