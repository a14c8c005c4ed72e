#include "sterlet/samplers/gp/gp.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "sterlet/math/pareto.h"
#include "sterlet/samplers/history_cursor.h"
#include "sterlet/samplers/gp/acquisition.h"
#include "sterlet/samplers/gp/region.h"
#include "sterlet/samplers/gp/search.h"
#include "sterlet/samplers/gp/surface.h"
#include "sterlet/samplers/gp/volume.h"
#include "sterlet/samplers/sobol.h"

namespace sterlet::samplers {

namespace {

// First points: one more than the dimension, within these. Mean normalised regret of the 15 core instances at 25, 50
// and 100 trials, 20 seeds: 5 points 0.21, 0.02, -0.10; 6 points 0.23, 0.04, -0.09; 6 to 8 points 0.23, 0.02, -0.12.
// The differences are within the noise; the late ones decided.
constexpr std::int64_t kFewest = 6, kMostFirst = 8;
// Other likely hyperparameters, while trials are few. With these and the first point in the middle, normalised regret
// at 25 trials fell from 0.23 to 0.13 (20 seeds, paired standard error 0.02), at 50 from 0.02 to -0.06.
constexpr std::size_t kOthers = 6;
constexpr std::uint64_t kLogSeed = 0x9E3779B97F4A7C15;  // Sets the points on suspect scales apart from the others.
constexpr std::size_t kFantasies = 16;                  // Joint draws of what pending trials may turn out to be.
constexpr std::size_t kAlwaysFit = 32;          // Trials up to which hyperparameters are learned afresh each time;
constexpr std::size_t kMostApart = 64;          // later each time there is a twelfth more, or so many.
constexpr double kNinety = 1.6448536269514722;  // Standard deviations each side of a central 90%.

// What a history says, trial by trial.
struct Told {
  std::vector<std::size_t> trials;  // That have ended, by number.
  std::vector<bool> settled, feasible;
  std::vector<std::size_t> pending;
  std::size_t created = 0, good = 0, constraints = 0;
  std::size_t failures_in_row = 0;  // The latest ones.
  std::size_t best_ties = 0;        // Good trials whose values all equal the best one's.
};

bool is_predicted(const space::Observation& trial) {
  return trial.outcome == space::Outcome::kPruned && trial.predicted_sd > 0;
}

bool has_values(const space::Observation& trial, std::size_t objectives) {
  return (trial.outcome == space::Outcome::kComplete || trial.outcome == space::Outcome::kPruned) &&
         trial.values.size() >= objectives &&
         std::all_of(trial.values.begin(), trial.values.end(), [](double value) { return value <= 1e300; });  // No NaN.
}

// How many trials share the best value; with several objectives, the first one's values.
std::size_t ties_of_best(const space::History& history, const Told& told, std::size_t objectives) {
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

// Trials that hyperparameters are learned from are settled. While there are few, all that have ended. Later those among
// the first N_k, with N_k growing by a twelfth at a time and staying behind by the number of trials still running, so
// that a late result seldom changes them: which fit holds is a question of what the history is now, not of when anybody
// asked.
Told read(const space::History& history, std::size_t objectives) {
  Told told;
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
  if (told.created > kAlwaysFit + told.pending.size()) {
    limit = kAlwaysFit;
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

class Gp final : public Sampler {
 public:
  Gp(const space::Space& space, const GpOptions& options, const StudyFacts& facts)
      : space_(space),
        embedding_(space_),
        search_(space_, embedding_),
        sobol_(make_sobol(space, facts.seed)),
        given_points_(sobol_points(space, facts.seed)),
        log_points_(sobol_points(space, facts.seed ^ kLogSeed)),
        startup_(options.startup_trials),
        objectives_(facts.objective_count),
        table_(space.dimensions().size()) {
    suspects_.assign(space.dimensions().size(), Warp());
    for (const GpGroup& group : embedding_.groups()) {
      suspects_[group.dimension] = Warp(group.suspect);
      any_suspect_ = any_suspect_ || group.suspect != 0;
    }
    if (startup_ > 0) return;
    startup_ = std::clamp(1 + static_cast<std::int64_t>(embedding_.groups().size()), kFewest, kMostFirst);
    if (facts.trial_budget) startup_ = std::min(startup_, std::max<std::int64_t>(4, *facts.trial_budget / 4));
  }

  Suggestion suggest(const space::History& history, const base::StreamKey& key) const override {
    const Told told = read(history, objectives_);
    if (told.created < static_cast<std::size_t>(startup_) || told.good < 2 || embedding_.groups().empty() ||
        is_level(told)) {
      return first_points(history, key);
    }
    const HistoryCursor::Step step = cursor_.advance(history);
    if (step.restart) {
      table_.clear();
      surfaces_.clear();
    }
    table_.extend(space_, history);
    return by_model(history, told, key);
  }

 private:
  // Where all that is known is equal (networks that learn nothing), a model sees a plain as far as its length scales
  // reach, and would visit the corners one by one; even points find what differs much sooner. Where over half of the
  // trials share the best value, every other trial is such a point.
  static bool is_level(const Told& told) {
    return told.best_ties == told.good || (2 * told.best_ties > told.good && told.created % 2 == 0);
  }

  // The middle of the space, as whoever gives ranges puts the likeliest values there (choices are Sobol's); then Sobol
  // points. Where scales are suspect two sequences in turn: on the given scales nearly all points lie at the upper end
  // of a wide range, so every other one is on the scale that the range suggests.
  Suggestion first_points(const space::History& history, const base::StreamKey& key) const {
    Suggestion suggestion = sobol_->suggest(history, key);
    const auto before = static_cast<std::uint32_t>(history.count(space::Origin::kSobol));
    if (before > 0 && !any_suspect_) return suggestion;
    std::vector<double> unit;
    if (before == 0) {
      unit = space_.to_unit(suggestion.point);
      for (double& u : unit) u = std::isnan(u) ? 0.5 : u;
    } else {
      base::StreamKey beyond_table = key;
      beyond_table.stream = base::Stream::kSpace;
      unit = (before % 2 == 0 ? given_points_ : log_points_).at(before / 2, beyond_table);
    }
    for (const GpGroup& group : embedding_.groups()) {
      double& u = unit[group.dimension];
      if (group.category || (before > 0 && before % 2 == 0)) continue;
      u = suspects_[group.dimension].inverse(before == 0 ? 0.5 : u);
    }
    space::Point point = space_.from_unit(unit);
    if (space_.satisfies_constraints(point) && !history.contains(point)) suggestion.point = std::move(point);
    return suggestion;
  }

  Suggestion by_model(const space::History& history, const Told& told, const base::StreamKey& key) const {
    const std::vector<std::vector<double>> draws = draw_fantasies(told.pending.size(), key);
    std::vector<const GpSurface*> objectives;
    for (std::size_t m = 0; m < objectives_; ++m) {
      objectives.push_back(
          &learn(m, GpSurface::Kind::kObjective, objective_rows(history, told, m), told.pending, draws));
    }
    std::vector<GpLimit> limits;
    for (std::size_t c = 0; c < told.constraints; ++c) {
      const std::vector<GpTold> rows = constraint_rows(history, told, c);
      if (rows.size() < 2) continue;
      limits.push_back({.model = &learn(objectives_ + c, GpSurface::Kind::kConstraint, rows, {}, {}).model()});
    }
    if (told.good < told.trials.size()) {
      // A study ends after so many failures in a row: each makes the edge of what works less tempting.
      const GpModel& failure =
          learn(objectives_ + told.constraints, GpSurface::Kind::kConstraint, failure_rows(history, told), {}, {})
              .model();
      limits.push_back(
          {.model = &failure,
           .noise = std::exp(failure.hyper().log_noise),
           .weight = std::exp2(3.0 * static_cast<double>(std::min<std::size_t>(told.failures_in_row, 8)))});
    }
    const bool any_feasible = std::find(told.feasible.begin(), told.feasible.end(), true) != told.feasible.end();
    const std::unique_ptr<GpScore> gain =
        objectives_ == 1 ? improvement(told, *objectives.front()) : volume_improvement(told, objectives, key);
    GpFeasibility feasibility(any_feasible ? gain.get() : nullptr, limits);
    GpScore& score = limits.empty() ? *gain : feasibility;
    for (const GpSearch::Found& found : search_.run(score, start_of(told, objectives), key)) {
      if (history.contains(found.point) || !space_.satisfies_constraints(found.point)) continue;
      return described(found.point, *objectives.front());
    }
    return {.point = space_.draw(key), .origin = space::Origin::kModel};
  }

  static std::unique_ptr<GpScore> improvement(const Told& told, const GpSurface& surface) {
    std::unique_ptr<GpScore> likeliest = improvement(told, surface, surface.model());
    if (surface.others().empty()) return likeliest;
    std::vector<std::unique_ptr<GpScore>> parts;
    parts.push_back(std::move(likeliest));
    for (const GpModel& other : surface.others()) parts.push_back(improvement(told, surface, other));
    return std::make_unique<GpMixture>(std::move(parts), surface.model().embedding().dimensions());
  }

  // The best value that a head knows of: the lowest mean at a feasible trial, or at a pending one.
  static std::unique_ptr<GpScore> improvement(const Told& told, const GpSurface& surface, const GpModel& model) {
    std::vector<double> best(model.heads(), std::numeric_limits<double>::infinity());
    for (std::size_t i = 0; i < model.size(); ++i) {
      if (i < surface.rows().size() && !told.feasible[surface.rows()[i]]) continue;
      for (std::size_t h = 0; h < best.size(); ++h) best[h] = std::min(best[h], model.row_mean(h, i));
    }
    if (!std::isfinite(best.front())) best.assign(best.size(), 0.0);
    return std::make_unique<GpImprovement>(model, std::move(best));
  }

  static std::unique_ptr<GpScore> volume_improvement(const Told& told, const std::vector<const GpSurface*>& surfaces,
                                                     const base::StreamKey& key) {
    std::vector<const GpModel*> models;
    for (const GpSurface* surface : surfaces) models.push_back(&surface->model());
    // Means rather than values: where there is noise, a lucky value is no point of the front.
    const std::vector<std::size_t>& rows = surfaces.front()->rows();
    std::vector<double> front;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (!told.feasible[rows[i]]) continue;
      for (const GpModel* model : models) front.push_back(model->row_mean(0, i));
    }
    return std::make_unique<GpVolumeImprovement>(std::move(models), front, rows.size(), key);
  }

  const GpSurface& learn(std::size_t index, GpSurface::Kind kind, const std::vector<GpTold>& rows,
                         const std::vector<std::size_t>& pending, const std::vector<std::vector<double>>& draws) const {
    while (surfaces_.size() <= index) surfaces_.emplace_back();
    if (!surfaces_[index]) {
      surfaces_[index] = std::make_unique<GpSurface>(embedding_, kind, objectives_ == 1 && index == 0 ? kOthers : 0);
    }
    surfaces_[index]->learn(table_, rows, pending, draws);
    return *surfaces_[index];
  }

  std::vector<GpTold> objective_rows(const space::History& history, const Told& told, std::size_t objective) const {
    std::vector<GpTold> rows;
    for (std::size_t i = 0; i < told.trials.size(); ++i) {
      const space::Observation& trial = history.trials()[told.trials[i]];
      if (is_predicted(trial) && objectives_ == 1) {
        // What it was on the way to says more than where it was when it was cut short.
        rows.push_back({.trial = told.trials[i],
                        .value = trial.predicted_final,
                        .sd = trial.predicted_sd,
                        .settled = told.settled[i]});
        continue;
      }
      const bool good = has_values(trial, objectives_);
      rows.push_back({.trial = told.trials[i],
                      .value = good ? trial.values[objective] : 0,
                      .bad = !good,
                      .runs = static_cast<double>(std::max<std::int64_t>(trial.runs, 1)),
                      .settled = told.settled[i]});
    }
    return rows;
  }

  // 1 where a trial failed, -1 where it did not. As the objective's worst values instead, failures by chance spoilt its
  // surface, and a region that fails was found more slowly: regret of random search's at 25 and 100 trials, three
  // functions with failures, 6 seeds: 0.23, 0.11 then, 0.14, 0.00 so.
  std::vector<GpTold> failure_rows(const space::History& history, const Told& told) const {
    std::vector<GpTold> rows;
    for (std::size_t i = 0; i < told.trials.size(); ++i) {
      const bool good = has_values(history.trials()[told.trials[i]], objectives_);
      rows.push_back({.trial = told.trials[i], .value = good ? -1.0 : 1.0, .settled = told.settled[i]});
    }
    return rows;
  }

  // Trials that say nothing of the constraint are left out.
  static std::vector<GpTold> constraint_rows(const space::History& history, const Told& told, std::size_t constraint) {
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

  static std::vector<std::vector<double>> draw_fantasies(std::size_t pending, base::StreamKey key) {
    if (pending == 0) return {};
    key.stream = base::Stream::kGp;
    key.attempt |= 0x8000;  // Apart from the search's numbers.
    base::RandomStream stream(key);
    std::vector<std::vector<double>> draws(kFantasies);
    for (std::size_t h = 0; h < kFantasies; ++h) {
      for (std::size_t i = 0; i < pending; ++i) {
        draws[h].push_back(h % 2 == 0 ? stream.normal() : -draws[h - 1][i]);
      }
    }
    return draws;
  }

  GpSearchStart start_of(const Told& told, const std::vector<const GpSurface*>& surfaces) const {
    GpSearchStart start{.few = told.trials.size() <= kAlwaysFit};
    const GpRegion region = find_region(told, *surfaces.front());
    // The best first, those of an earlier search last; with several objectives those of each in turn.
    std::vector<std::vector<std::size_t>> orders;
    for (const GpSurface* surface : surfaces) {
      const std::vector<double>& values = surface->values();
      std::vector<std::size_t> order(values.size());
      std::iota(order.begin(), order.end(), 0);
      std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        if ((a < region.since) != (b < region.since)) return b < region.since;
        if (told.feasible[a] != told.feasible[b]) return static_cast<bool>(told.feasible[a]);
        return values[a] < values[b];
      });
      orders.push_back(std::move(order));
    }
    if (surfaces.size() > 1) add_front(told, surfaces, orders);
    for (std::size_t i = 0; i < 5 && i < told.trials.size(); ++i) {
      const auto row = table_.row(told.trials[orders[i % orders.size()][i / orders.size()]]);
      start.tops.emplace_back(row.begin(), row.end());
      for (double& u : start.tops.back()) u = std::isnan(u) ? 0.5 : u;
    }
    start.warps.assign(space_.dimensions().size(), Warp());
    start.suspects = suspects_;
    start.lengths.assign(space_.dimensions().size(), 1.0);
    for (const GpSurface* surface : surfaces) {
      const GpHyper& hyper = surface->model().hyper();
      for (std::size_t g = 0; g < embedding_.groups().size(); ++g) {
        const std::size_t dimension = embedding_.groups()[g].dimension;
        if (surface == surfaces.front()) start.warps[dimension] = Warp(hyper.warps[g]);
        start.lengths[dimension] = std::min(start.lengths[dimension], std::exp(hyper.log_lengths[g]));
      }
    }
    start.low.assign(space_.dimensions().size(), 0.0);
    start.high.assign(space_.dimensions().size(), 1.0);
    if (region.side < 1) add_box(region.side, start);
    return start;
  }

  // About the best point; sides in proportion to the length scales, of a mean (in logarithms) as the region has it.
  void add_box(double side, GpSearchStart& start) const {
    start.boxed = true;
    double mean = 0;
    for (const GpGroup& group : embedding_.groups()) mean += std::log(start.lengths[group.dimension]);
    mean /= static_cast<double>(embedding_.groups().size());
    for (const GpGroup& group : embedding_.groups()) {
      if (group.category) continue;
      const std::size_t j = group.dimension;
      const double middle = start.warps[j](start.tops.front()[j]);
      const double half = 0.5 * side * start.lengths[j] / std::exp(mean);
      start.low[j] = std::max(0.0, middle - half);
      start.high[j] = std::min(1.0, middle + half);
    }
  }

  // The whole space, unless it has many dimensions. Points that are not feasible improve on nothing.
  GpRegion find_region(const Told& told, const GpSurface& surface) const {
    if (objectives_ > 1 || embedding_.groups().size() < kRegionDimensions) return {};
    std::vector<double> values = surface.values();
    for (std::size_t i = 0; i < values.size(); ++i) values[i] += told.feasible[i] ? 0 : 1e6;
    return region_of(values, static_cast<std::size_t>(startup_));
  }

  // One more order: the front from one end to the other, as far apart as five of it can be.
  static void add_front(const Told& told, const std::vector<const GpSurface*>& surfaces,
                        std::vector<std::vector<std::size_t>>& orders) {
    std::vector<double> values;
    for (std::size_t i = 0; i < told.trials.size(); ++i) {
      for (const GpSurface* surface : surfaces) values.push_back(surface->values()[i] + (told.feasible[i] ? 0 : 1e6));
    }
    std::vector<std::size_t> front = math::pareto_front({.values = values, .width = surfaces.size()});
    std::stable_sort(front.begin(), front.end(), [&](std::size_t a, std::size_t b) {
      return surfaces.front()->values()[a] < surfaces.front()->values()[b];
    });
    std::vector<std::size_t> spread;
    for (std::size_t i = 0; i < 5; ++i) spread.push_back(front[i * (front.size() - 1) / 4]);
    orders = {spread};
  }

  Suggestion described(const space::Point& point, const GpSurface& surface) const {
    const GpModel& model = surface.model();
    const std::vector<double> unit = space_.to_unit(point);
    GpModel::Batch batch;
    model.predict(unit.data(), 1, batch);
    const double mean =
        std::accumulate(batch.mean.begin(), batch.mean.end(), 0.0) / static_cast<double>(batch.mean.size());
    const double spread = kNinety * std::sqrt(batch.variance[0] + std::exp(model.hyper().log_noise));
    if (objectives_ > 1) return {.point = point, .origin = space::Origin::kModel};
    const GpTransform& transform = surface.transform();
    return {.point = point,
            .origin = space::Origin::kModel,
            .predicted = transform.inverse(mean),
            .predicted_range = std::pair{transform.inverse(mean - spread), transform.inverse(mean + spread)}};
  }

  space::Space space_;
  GpEmbedding embedding_;
  GpSearch search_;
  std::unique_ptr<Sampler> sobol_;
  math::SobolPoints given_points_, log_points_;
  std::int64_t startup_;
  std::size_t objectives_;
  std::vector<Warp> suspects_;  // A dimension.
  bool any_suspect_ = false;

  // The memo.
  mutable HistoryCursor cursor_;
  mutable UnitTable table_;
  mutable std::vector<std::unique_ptr<GpSurface>> surfaces_;  // Of the objective, then of each constraint.
};

}  // namespace

base::Result<std::unique_ptr<Sampler>> make_gp(const space::Space& space, const GpOptions& options,
                                               const StudyFacts& facts) {
  if (facts.objective_count > 4) {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      fmt::format("sampler gp is for up to 4 objectives (found {})", facts.objective_count),
                      "choose another sampler, or make fewer objectives of them");
  }
  return std::make_unique<Gp>(space, options, facts);
}

}  // namespace sterlet::samplers
