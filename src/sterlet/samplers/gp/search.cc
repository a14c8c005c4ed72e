#include "sterlet/samplers/gp/search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "sterlet/math/lbfgs.h"

namespace sterlet::samplers {

namespace {

constexpr std::uint64_t kManyLevels = 24;           // From here on numbers move as if continuous, and are rounded last.
constexpr std::size_t kGlobal = 256, kLocal = 128;  // Candidates over the whole space, and about the best points.
constexpr std::size_t kExact = 64;                  // Those of them whose variance is computed.
constexpr std::size_t kStarts = 6;                  // Those that climb.
// Those of them that go all the way up, after how many steps that is decided, and the same where trials are few. Then
// 20 steps are enough on average, of 4 at a time but for the first, and lose 0.001 of the logarithm of the
// acquisition's maximum; later 15, which lose 0.05, as the best of six hills is not always among the two.
constexpr std::size_t kKept = 2, kKeptOfFew = 4;
constexpr int kSteps = 30, kDecidedOfFew = 5;  // Otherwise after a third.
constexpr double kClimbTolerance = 1e-4;
constexpr std::uint64_t kLevels = 32;  // Of a dimension, looked at.
// Changes of a level that are looked at in a round, at random where there are more; with many dimensions, in which a
// look is dear, so many dimensions' worth of them.
constexpr std::size_t kFewestChanges = 24, kMostChanges = 192, kChangedDimensions = 6000;
constexpr int kRounds = 3;
constexpr std::uint64_t kAllLevels = 8;  // Of so few, all are looked at.
// How candidates differ from the point that they are made from: so many coordinates at most (in a third of the local
// ones; else fewer), by a normal of that deviation in units of the model's lengths; a level is drawn anew, or moves by
// one.
constexpr double kMovedDimensions = 20, kFewerMoved = 0.4;
constexpr double kFar = 0.25, kNear = 0.04;
constexpr double kFreshLevel = 0.3;
constexpr std::size_t kCandidatesMin = 32;                  // With fewer, the space's own draws join them:
constexpr std::uint32_t kDrawn = 64;                        // so many.
constexpr double kCloseSquare = 0.09, kSameSquare = 1e-12;  // Starts are at least 0.3 lengths apart, or else different.

// Of mean 0 and variance 1: three uniform numbers are enough to scatter candidates.
double nearly_normal(base::RandomStream& stream) {
  const double first = stream.uniform(), second = stream.uniform();
  return 2 * (first + second + stream.uniform() - 1.5);
}

double on_grid(double u) { return std::round(std::clamp(u, 0.0, 1.0) * 0x1p40) * 0x1p-40; }

}  // namespace

GpSearch::GpSearch(const space::Space& space, const GpEmbedding& embedding) : space_(space), embedding_(embedding) {
  moves_.assign(space.dimensions().size(), Move::kFixed);
  for (const GpGroup& group : embedding.groups()) {
    const auto levels = space.axis(group.dimension).level_count();
    const bool zero = space.parameters()[space.dimensions()[group.dimension].parameter].zero > 0;
    Move& move = moves_[group.dimension];
    if (!levels) {
      move = zero ? Move::kRelaxed : Move::kContinuous;
    } else {
      move = group.category || *levels < kManyLevels ? Move::kLevels : Move::kRelaxed;
    }
    if (group.conditional) flat_ = false;
  }
  if (!space.constraints().empty()) flat_ = false;
}

bool GpSearch::realise(Place& place, bool relaxed) const {
  const std::size_t d = place.full.size();
  place.row.resize(d);
  for (double& u : place.full) u = std::clamp(u, 0.0, 1.0);
  if (flat_) {
    for (std::size_t j = 0; j < d; ++j) {
      const bool free = moves_[j] == Move::kContinuous || (relaxed && moves_[j] == Move::kRelaxed);
      place.row[j] = free ? place.full[j] : space_.axis(j).unit(space_.axis(j).value(place.full[j]));
    }
    return true;
  }
  const space::Point point = space_.from_unit(place.full);
  const std::vector<double> unit = space_.to_unit(point);
  for (std::size_t j = 0; j < d; ++j) {
    const bool free = moves_[j] == Move::kContinuous || (relaxed && moves_[j] == Move::kRelaxed);
    place.row[j] = free && !std::isnan(unit[j]) ? place.full[j] : unit[j];
  }
  return space_.constraints().empty() || space_.satisfies_constraints(point);
}

void GpSearch::evaluate(GpScore& score, std::vector<Place*>& places) const {
  constexpr std::size_t kBatch = 32;
  std::vector<double> rows, values(kBatch);
  for (std::size_t begin = 0; begin < places.size(); begin += kBatch) {
    const std::size_t count = std::min(kBatch, places.size() - begin);
    rows.clear();
    for (std::size_t i = begin; i < begin + count; ++i) {
      rows.insert(rows.end(), places[i]->row.begin(), places[i]->row.end());
    }
    score.evaluate(rows.data(), count, values.data(), nullptr);
    for (std::size_t i = 0; i < count; ++i) places[begin + i]->value = values[i];
  }
}

// After the first steps only the most promising go on, unless all do.
void GpSearch::climb(GpScore& score, std::vector<Place>& places, const GpSearchStart& start, int steps,
                     bool all) const {
  const std::size_t d = moves_.size();
  std::vector<std::size_t> free;
  for (std::size_t j = 0; j < d; ++j) {
    if (moves_[j] == Move::kContinuous || moves_[j] == Move::kRelaxed) free.push_back(j);
  }
  if (free.empty()) return;
  std::vector<math::Lbfgs> searches;
  for (const Place& place : places) {
    std::vector<double> x, scale, low, high;
    for (const std::size_t j : free) {
      low.push_back(start.low[j]);
      high.push_back(start.high[j]);
      x.push_back(std::clamp(start.warps[j](place.full[j]), low.back(), high.back()));
      scale.push_back(std::min(0.3 * start.lengths[j], 0.1));
    }
    searches.emplace_back(x, low, high, scale, kClimbTolerance);
  }
  std::vector<double> rows, values, gradients, own(free.size());
  std::vector<Place> trials = places;
  std::vector<std::size_t> going(places.size());
  std::iota(going.begin(), going.end(), 0);
  const std::size_t kept = all ? kStarts : start.few ? kKeptOfFew : kKept;
  const int decided = start.few ? kDecidedOfFew : steps / 3;
  for (int step = 0; step < steps; ++step) {
    if (step == decided && going.size() > kept) {
      std::stable_sort(going.begin(), going.end(), [&](std::size_t a, std::size_t b) {
        return searches[a].best_value() < searches[b].best_value();
      });
      going.resize(kept);
    }
    std::vector<std::size_t> running, valid;
    rows.clear();
    for (const std::size_t i : going) {
      if (searches[i].done()) continue;
      Place& trial = trials[i];
      for (std::size_t k = 0; k < free.size(); ++k) {
        trial.full[free[k]] = start.warps[free[k]].inverse(searches[i].point()[k]);
      }
      running.push_back(i);
      if (realise(trial, true)) {
        rows.insert(rows.end(), trial.row.begin(), trial.row.end());
        valid.push_back(i);
      }
    }
    if (running.empty()) break;
    values.resize(valid.size());
    gradients.resize(valid.size() * d);
    if (!valid.empty()) score.evaluate(rows.data(), valid.size(), values.data(), gradients.data());
    std::size_t at = 0;
    for (const std::size_t i : running) {
      if (at < valid.size() && valid[at] == i) {
        for (std::size_t k = 0; k < free.size(); ++k) {
          const std::size_t j = free[k];
          own[k] = -gradients[at * d + j] / start.warps[j].slope(trials[i].full[j]);
        }
        searches[i].tell(-values[at], own);
        ++at;
      } else {
        searches[i].tell(std::numeric_limits<double>::infinity(), own);
      }
    }
  }
  std::vector<Place*> ended;
  for (std::size_t i = 0; i < places.size(); ++i) {
    Place moved = places[i];
    for (std::size_t k = 0; k < free.size(); ++k) {
      moved.full[free[k]] = start.warps[free[k]].inverse(searches[i].best()[k]);
    }
    if (!realise(moved, false)) continue;
    places[i] = std::move(moved);
    ended.push_back(&places[i]);
  }
  evaluate(score, ended);
}

// Where a dimension that is not continuous may go from a row: an ordered one a few levels up or down, or near; another to
// any level, at random where there are many.
std::vector<double> GpSearch::other_levels(std::size_t j, double here, base::RandomStream& stream) const {
  const space::Axis& axis = space_.axis(j);
  const auto levels = axis.level_count();
  if (!levels) return {0};  // A continuous scale with a zero of its own.
  const auto middle = [&](std::uint64_t k) { return axis.unit(axis.level(k)); };
  std::uint64_t current = 0;  // The level whose cell holds the row.
  for (std::uint64_t high = *levels; high - current > 1;) {
    const std::uint64_t half = (current + high) / 2;
    (axis.cell_begin(half) <= here ? current : high) = half;
  }
  std::vector<double> units;
  if (*levels <= kAllLevels || !axis.ordered()) {
    const std::uint64_t count = std::min(*levels, kLevels);
    for (std::uint64_t k = 0; k < count; ++k) {
      const std::uint64_t level = *levels == count ? k : stream.below(*levels);
      if (level != current) units.push_back(middle(level));
    }
    return units;
  }
  for (const std::uint64_t step : {std::uint64_t{1}, std::uint64_t{2}, std::max<std::uint64_t>(3, *levels / 8)}) {
    if (current >= step) units.push_back(middle(current - step));
    if (current + step < *levels) units.push_back(middle(current + step));
  }
  return units;
}

// Each place takes the best change of a single dimension that is not continuous, until there is none.
void GpSearch::try_levels(GpScore& score, const GpSearchStart& start, std::vector<Place>& places,
                          base::RandomStream& stream) const {
  const std::size_t most = std::clamp(kChangedDimensions / moves_.size(), kFewestChanges, kMostChanges);
  for (Place& place : places) {
    for (int round = 0; round < kRounds; ++round) {
      std::vector<std::pair<std::size_t, double>> changes;  // Of a dimension, to where.
      for (std::size_t j = 0; j < moves_.size(); ++j) {
        if (moves_[j] == Move::kFixed || moves_[j] == Move::kContinuous || std::isnan(place.row[j])) continue;
        if (!start.fixed.empty() && !std::isnan(start.fixed[j])) continue;
        for (const double u : other_levels(j, place.row[j], stream)) changes.emplace_back(j, u);
      }
      for (std::size_t i = 0; changes.size() > most && i < most; ++i) {
        std::swap(changes[i], changes[i + stream.below(changes.size() - i)]);
      }
      changes.resize(std::min(changes.size(), most));
      std::vector<Place> options;
      for (const auto& [j, u] : changes) {
        Place option = place;
        option.full[j] = u;
        if (realise(option, false)) options.push_back(std::move(option));
      }
      if (options.empty()) break;
      std::vector<Place*> list;
      for (Place& option : options) list.push_back(&option);
      evaluate(score, list);
      const auto best = std::max_element(options.begin(), options.end(),
                                         [](const Place& a, const Place& b) { return a.value < b.value; });
      if (!(best->value > place.value)) break;
      place = std::move(*best);
    }
  }
}

void GpSearch::add(const GpSearchStart& start, Place& place, Candidates& candidates) const {
  for (std::size_t j = 0; j < start.fixed.size(); ++j) {
    if (!std::isnan(start.fixed[j])) place.full[j] = start.fixed[j];
  }
  if (!realise(place, false)) return;
  candidates.fulls.insert(candidates.fulls.end(), place.full.begin(), place.full.end());
  candidates.rows.insert(candidates.rows.end(), place.row.begin(), place.row.end());
  ++candidates.count;
}

// Over the whole space, or over the box: there the best point with some coordinates drawn anew.
void GpSearch::add_global(const GpSearchStart& start, base::RandomStream& stream, Candidates& candidates) const {
  const std::size_t d = moves_.size();
  const double share = std::min(1.0, kMovedDimensions / static_cast<double>(d));
  Place place{.full = std::vector<double>(d)};
  std::vector<double>& full = place.full;
  for (std::size_t i = 0; i < kGlobal; ++i) {
    if (start.boxed) full = start.tops.front();
    for (std::size_t j = 0; j < d; ++j) {
      if (start.boxed) {
        if (stream.uniform() >= share) continue;
        full[j] = start.warps[j].inverse(start.low[j] + (start.high[j] - start.low[j]) * stream.uniform());
        continue;
      }
      full[j] = stream.uniform();
      if (i % 2 == 0) continue;
      const bool suspect = i % 4 == 3 && !start.suspects[j].is_identity();
      full[j] = (suspect ? start.suspects : start.warps)[j].inverse(full[j]);
    }
    add(start, place, candidates);
  }
}

// About the best points. The best gets half of them; of each, a few coordinates move, by much or by little.
void GpSearch::add_local(const GpSearchStart& start, base::RandomStream& stream, Candidates& candidates) const {
  const std::size_t d = moves_.size(), tops = start.tops.size();
  const auto width = static_cast<double>(d);
  Place place;
  std::vector<double>& full = place.full;
  for (std::size_t i = 0; i < kLocal && tops > 0; ++i) {
    full = start.tops[i % 2 == 0 ? 0 : (i / 2) % tops];
    const double size = i % 4 < 2 ? kFar : kNear;
    const double share =
        std::max(std::min(1.0, kMovedDimensions / width) * (i % 3 == 0 ? 1.0 : kFewerMoved), 1.0 / width);
    for (std::size_t j = 0; j < d; ++j) {
      if (stream.uniform() >= share) continue;
      if (moves_[j] != Move::kLevels) {
        const double moved = start.warps[j](full[j]) + size * std::min(start.lengths[j], 1.0) * nearly_normal(stream);
        full[j] = start.warps[j].inverse(std::clamp(moved, start.low[j], start.high[j]));
      } else if (!space_.axis(j).ordered() || stream.uniform() < kFreshLevel) {
        full[j] = stream.uniform();
      } else {
        full[j] +=
            (stream.uniform() < 0.5 ? -1.0 : 1.0) / static_cast<double>(space_.axis(j).level_count().value_or(1));
      }
    }
    add(start, place, candidates);
  }
}

// Where constraints refuse nearly everything, the space's own draws.
void GpSearch::add_drawn(const GpSearchStart& start, const base::StreamKey& key, base::RandomStream& stream,
                         Candidates& candidates) const {
  Place place;
  for (std::uint32_t i = 0; i < kDrawn; ++i) {
    base::StreamKey drawn = key;
    drawn.attempt = (key.attempt * kDrawn + i + 1) & 0xffff;
    place.full = space_.to_unit(space_.draw(drawn));
    for (double& u : place.full) u = std::isnan(u) ? stream.uniform() : u;
    add(start, place, candidates);
  }
}

// Those whose variance is worth its cost. Two thirds by their means, and a third at random: far from the data means say
// little.
std::vector<GpSearch::Place> GpSearch::keep_promising(GpScore& score, const Candidates& candidates,
                                                      base::RandomStream& stream) const {
  const std::size_t d = moves_.size(), count = candidates.count;
  std::vector<std::size_t> chosen(count);
  std::iota(chosen.begin(), chosen.end(), 0);
  if (count > kExact) {
    std::vector<double> bounds(count);
    score.rank(candidates.rows.data(), count, bounds.data());
    std::stable_sort(chosen.begin(), chosen.end(), [&](std::size_t a, std::size_t b) { return bounds[a] > bounds[b]; });
    constexpr std::size_t kByMeans = kExact * 2 / 3;
    for (std::size_t i = 0; i < kExact / 3; ++i) {
      chosen.push_back(chosen[kByMeans + stream.below(count - kByMeans)]);
    }
    chosen.erase(chosen.begin() + kByMeans, chosen.begin() + static_cast<std::ptrdiff_t>(count));
  }
  std::vector<Place> places;
  for (const std::size_t i : chosen) {
    const auto begin = static_cast<std::ptrdiff_t>(i * d), end = begin + static_cast<std::ptrdiff_t>(d);
    places.push_back({.full = {candidates.fulls.begin() + begin, candidates.fulls.begin() + end},
                      .row = {candidates.rows.begin() + begin, candidates.rows.begin() + end}});
  }
  return places;
}

// Squared, in steps of the model's lengths; another level is one step.
double GpSearch::distance(const Place& a, const Place& b, const GpSearchStart& start) const {
  double square = 0;
  for (std::size_t j = 0; j < moves_.size(); ++j) {
    if (moves_[j] == Move::kFixed) continue;
    const double apart = start.warps[j](a.full[j]) - start.warps[j](b.full[j]);
    const double step = apart / std::min(start.lengths[j], 1.0);
    square += moves_[j] == Move::kLevels ? (a.row[j] != b.row[j] ? 1.0 : 0.0) : step * step;
  }
  return square;
}

// Best first, leaving out what lies close to one already taken, as long as there are others.
std::vector<GpSearch::Place> GpSearch::starts(const std::vector<Place*>& ranked, const GpSearchStart& start) const {
  std::vector<Place> taken;
  for (const double close : {kCloseSquare, kSameSquare}) {
    for (const Place* place : ranked) {
      if (taken.size() >= kStarts) return taken;
      const bool is_close = std::any_of(taken.begin(), taken.end(),
                                        [&](const Place& other) { return distance(*place, other, start) < close; });
      if (!is_close) taken.push_back(*place);
    }
  }
  return taken;
}

std::vector<GpSearch::Found> GpSearch::run(GpScore& score, const GpSearchStart& start,
                                           const base::StreamKey& key) const {
  base::StreamKey own = key;
  own.stream = base::Stream::kGp;
  base::RandomStream stream(own);
  Candidates candidates;
  add_global(start, stream, candidates);
  add_local(start, stream, candidates);
  for (const std::vector<double>& other : start.others) {
    Place place{.full = other};
    add(start, place, candidates);
  }
  if (candidates.count < kCandidatesMin) add_drawn(start, key, stream, candidates);
  if (candidates.count == 0) return {};

  std::vector<Place> pool = keep_promising(score, candidates, stream);
  const auto is_better = [](const Place* a, const Place* b) { return a->value > b->value; };
  std::vector<Place*> ranked;
  for (Place& place : pool) ranked.push_back(&place);
  evaluate(score, ranked);
  std::stable_sort(ranked.begin(), ranked.end(), is_better);

  std::vector<Place> climbing = starts(ranked, start);
  const bool levels = std::any_of(moves_.begin(), moves_.end(),
                                  [](Move move) { return move == Move::kLevels || move == Move::kRelaxed; });
  climb(score, climbing, start, kSteps, levels);
  if (levels) {
    try_levels(score, start, climbing, stream);
    climb(score, climbing, start, kSteps / 2, start.few);
    try_levels(score, start, climbing, stream);
  }

  std::vector<Place*> ended;
  for (Place& place : climbing) ended.push_back(&place);
  ended.insert(ended.end(), ranked.begin(), ranked.end());
  std::stable_sort(ended.begin(), ended.end(), is_better);
  std::vector<Found> found;
  for (Place* place : ended) {
    for (double& u : place->full) u = on_grid(u);
    found.push_back({.point = space_.from_unit(place->full), .value = place->value});
  }
  return found;
}

}  // namespace sterlet::samplers
