#include "sterlet/samplers/gp/gp.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>

#include <fmt/format.h>

#include "sterlet/math/dense.h"
#include "sterlet/math/pareto.h"
#include "sterlet/samplers/families.h"
#include "sterlet/samplers/history_cursor.h"
#include "sterlet/samplers/gp/acquisition.h"
#include "sterlet/samplers/gp/region.h"
#include "sterlet/samplers/gp/search.h"
#include "sterlet/samplers/gp/steered_score.h"
#include "sterlet/samplers/gp/surface.h"
#include "sterlet/samplers/gp/told.h"
#include "sterlet/samplers/gp/volume.h"
#include "sterlet/samplers/prior/steered.h"
#include "sterlet/samplers/prior/trust.h"
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
constexpr std::int64_t kLedStartup = 3;                 // First points where an older study leads.
constexpr std::size_t kSteeredStarts = 24;              // Candidates from each prior.
constexpr std::size_t kFewestInFamily = 3;              // Values, before a family is learned on its own.
// Share of the noise that a trial has to tell more than. Without it two thirds of a search's trials, and nine of ten of
// its second half, met settings of a table that were known: docs/decisions/0006-gp-repeats.md. It grows with the number of
// trials up to kNoiseKnown: what noise there is, few trials do not tell, and functions without any lost by it.
constexpr double kCountedNoise = 0.25, kNoiseKnown = 50;
constexpr double kNinety = 1.6448536269514722;  // Standard deviations each side of a central 90%.

class Gp final : public Sampler {
 public:
  Gp(const space::Space& space, const GpOptions& options, const StudyFacts& facts)
      : space_(space),
        embedding_(space_),
        search_(space_, embedding_),
        families_(space_),
        sobol_(make_sobol(space, facts.seed)),
        given_points_(sobol_points(space, facts.seed)),
        log_points_(sobol_points(space, facts.seed ^ kLogSeed)),
        startup_(options.startup_trials),
        objectives_(facts.objective_count),
        steering_(facts.priors),
        table_(space.dimensions().size()) {
    for (const ActivePrior& prior : facts.priors) {
      if (prior.old) olds_.push_back({.old = prior.old, .weight = std::min(1.0, prior.weight)});
    }
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
    const GpTrials told = read_trials(history, objectives_);
    if (told.created < static_cast<std::size_t>(startup_in(history)) || told.good < 2 || embedding_.groups().empty() ||
        is_level(told)) {
      if (auto drawn = draw_steered(steering_, space_, history, key)) return std::move(*drawn);
      return first_points(history, key);
    }
    const HistoryCursor::Step step = cursor_.advance(history);
    if (step.restart) {
      table_.clear();
      surfaces_.clear();
    }
    table_.extend(space_, history);
    const Family family = objectives_ == 1 ? families_.in_turn(history, table_, key.trial) : Family();
    if (family.empty()) return by_model(history, told, told, family, key);
    const GpTrials own = trials_in(family, told, table_, history);
    if (has_values_to_learn(own, history, kFewestInFamily)) return by_model(history, told, own, family, key);
    if (std::optional<space::Point> point = families_.draw(family, history, own.trials.empty(), key)) {
      return {.point = std::move(*point), .origin = space::Origin::kModel};
    }
    return by_model(history, told, told, {}, key);
  }

 private:
  // Older results that are borne out stand for most of the first points.
  std::int64_t startup_in(const space::History& history) const {
    const bool is_led = std::any_of(steering_.priors().begin(), steering_.priors().end(), [&](const auto& prior) {
      return prior.old && trust(prior, space_, history.trials()) >= Steering::kLeastTrust;
    });
    return is_led ? std::min(startup_, kLedStartup) : startup_;
  }

  // Where all that is known is equal (networks that learn nothing), a model sees a plain as far as its length scales
  // reach, and would visit the corners one by one; even points find what differs much sooner. Where over half of the
  // trials share the best value, every other trial is such a point.
  static bool is_level(const GpTrials& told) {
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

  // `own`: the trials of the family that is looked at; all of them where there is none.
  Suggestion by_model(const space::History& history, const GpTrials& told, const GpTrials& own, const Family& family,
                      const base::StreamKey& key) const {
    const std::vector<std::vector<double>> draws = draw_fantasies(own.pending.size(), key);
    std::vector<const GpSurface*> objectives;
    for (std::size_t m = 0; m < objectives_; ++m) {
      GpSurface& surface = surface_of(family, m, GpSurface::Kind::kObjective);
      surface.learn(table_, objective_rows(history, own, m, objectives_), own.pending, draws);
      objectives.push_back(&surface);
    }
    std::vector<GpLimit> limits;
    for (std::size_t c = 0; c < told.constraints; ++c) {
      const std::vector<GpTold> rows = constraint_rows(history, told, c);
      if (rows.size() < 2) continue;
      GpSurface& surface = surface_of({}, objectives_ + c, GpSurface::Kind::kConstraint);
      surface.learn(table_, rows, {}, {});
      limits.push_back({.model = &surface.model()});
    }
    if (told.good < told.trials.size()) {
      // A study ends after so many failures in a row: each makes the edge of what works less tempting.
      GpSurface& surface = surface_of({}, objectives_ + told.constraints, GpSurface::Kind::kConstraint);
      surface.learn(table_, failure_rows(history, told, objectives_), {}, {});
      const GpModel& failure = surface.model();
      limits.push_back(
          {.model = &failure,
           .noise = std::exp(failure.hyper().log_noise),
           .weight = std::exp2(3.0 * static_cast<double>(std::min<std::size_t>(told.failures_in_row, 8)))});
    }
    const bool any_feasible = std::find(own.feasible.begin(), own.feasible.end(), true) != own.feasible.end();
    const std::unique_ptr<GpScore> gain =
        objectives_ == 1 ? improvement(own, *objectives.front()) : volume_improvement(own, objectives, key);
    GpFeasibility feasibility(any_feasible ? gain.get() : nullptr, limits);
    GpScore& unsteered = limits.empty() ? *gain : feasibility;
    const Pull pull = steering_.pull(space_, history, key.trial);
    GpSteeredScore steered(unsteered, pull, space_.dimensions().size());
    GpScore& score = pull.is_any() ? steered : unsteered;
    GpSearchStart start = start_of(own, objectives, family);
    if (pull.is_any()) start.others = pull.starts(space_.dimensions().size(), kSteeredStarts, key);
    for (const GpSearch::Found& found : search_.run(score, start, key)) {
      if (history.contains(found.point) || !space_.satisfies_constraints(found.point)) continue;
      return described(found.point, *objectives.front());
    }
    return {.point = space_.draw(key), .origin = space::Origin::kModel};
  }

  static std::unique_ptr<GpScore> improvement(const GpTrials& told, const GpSurface& surface) {
    std::unique_ptr<GpScore> likeliest = improvement(told, surface, surface.model());
    if (surface.others().empty()) return likeliest;
    std::vector<std::unique_ptr<GpScore>> parts;
    parts.push_back(std::move(likeliest));
    for (const GpModel& other : surface.others()) parts.push_back(improvement(told, surface, other));
    return std::make_unique<GpMixture>(std::move(parts), surface.model().embedding().dimensions());
  }

  // The best value that a head knows of: the lowest mean at a feasible trial, or at a pending one.
  static std::unique_ptr<GpScore> improvement(const GpTrials& told, const GpSurface& surface, const GpModel& model) {
    std::vector<double> best(model.heads(), std::numeric_limits<double>::infinity());
    for (std::size_t i = 0; i < model.size(); ++i) {
      if (i < surface.rows().size() && !told.feasible[surface.rows()[i]]) continue;
      for (std::size_t h = 0; h < best.size(); ++h) best[h] = std::min(best[h], model.row_mean(h, i));
    }
    if (!std::isfinite(best.front())) best.assign(best.size(), 0.0);
    const double counted = kCountedNoise * std::min(1.0, static_cast<double>(told.good) / kNoiseKnown);
    return std::make_unique<GpImprovement>(model, std::move(best),
                                           counted * math::portable_exp(model.hyper().log_noise));
  }

  static std::unique_ptr<GpScore> volume_improvement(const GpTrials& told,
                                                     const std::vector<const GpSurface*>& surfaces,
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

  // Of an objective, or of a constraint after them; the objective has one for each family, too.
  GpSurface& surface_of(const Family& family, std::size_t index, GpSurface::Kind kind) const {
    std::vector<std::size_t> name{index};
    for (const Choice& choice : family) name.insert(name.end(), {choice.dimension, choice.level});
    std::unique_ptr<GpSurface>& surface = surfaces_[name];
    if (!surface) {
      const bool is_only = objectives_ == 1 && index == 0;
      surface = std::make_unique<GpSurface>(embedding_, kind, is_only ? kOthers : 0,
                                            is_only ? olds_ : std::vector<GpTrend::Source>());
    }
    return *surface;
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

  GpSearchStart start_of(const GpTrials& told, const std::vector<const GpSurface*>& surfaces,
                         const Family& family) const {
    GpSearchStart start{.few = told.trials.size() <= kGpAlwaysFit};
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
    if (!family.empty()) start.fixed.assign(space_.dimensions().size(), std::nan(""));
    for (const Choice& choice : family) start.fixed[choice.dimension] = choice.unit;
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
  GpRegion find_region(const GpTrials& told, const GpSurface& surface) const {
    if (objectives_ > 1 || embedding_.groups().size() < kRegionDimensions) return {};
    std::vector<double> values = surface.values();
    for (std::size_t i = 0; i < values.size(); ++i) values[i] += told.feasible[i] ? 0 : 1e6;
    return region_of(values, static_cast<std::size_t>(startup_));
  }

  // One more order: the front from one end to the other, as far apart as five of it can be.
  static void add_front(const GpTrials& told, const std::vector<const GpSurface*>& surfaces,
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
  Families families_;
  std::unique_ptr<Sampler> sobol_;
  math::SobolPoints given_points_, log_points_;
  std::int64_t startup_;
  std::size_t objectives_;
  Steering steering_;
  std::vector<GpTrend::Source> olds_;
  std::vector<Warp> suspects_;  // A dimension.
  bool any_suspect_ = false;

  // The memo.
  mutable HistoryCursor cursor_;
  mutable UnitTable table_;
  mutable std::map<std::vector<std::size_t>, std::unique_ptr<GpSurface>> surfaces_;  // By surface_of's names.
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
