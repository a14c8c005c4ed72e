#include "sterlet/samplers/prior/check.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "sterlet/samplers/gp/surface.h"
#include "sterlet/samplers/gp/told.h"
#include "sterlet/samplers/prior/trust.h"

namespace sterlet::samplers {

namespace {

constexpr std::size_t kEvidence = 3;  // Trials inside the region.
constexpr std::size_t kOrdered = 6;   // Results whose order is not the old one.
constexpr std::size_t kProbed = 2;    // Results inside a hint's region that are worse than most elsewhere.
constexpr double kHintTrust = 0.2;
constexpr std::size_t kTops = 5;   // Settings that are moved, each
constexpr std::size_t kMoves = 8;  // so often.
constexpr double kDeviations = 1;
// In standard deviations of the values as the process sees them. Without it, good priors were contradicted as soon as the
// search had gone a little beyond them (6 of 6 warm starts after 7 to 14 trials, by differences of some percent).
constexpr double kMargin = 0.5;
constexpr std::size_t kRegionDraws = 64;
constexpr double kRegionShare = 0.1;  // Of its own draws, how many lie outside the region.

double region_bound(const Prior& prior, std::size_t width, base::RandomStream& stream) {
  std::vector<double> densities;
  for (std::size_t i = 0; i < kRegionDraws; ++i) {
    std::vector<double> unit(width, std::nan(""));
    prior.draw(stream, unit);
    densities.push_back(prior.log_density(unit.data()));
  }
  const auto at = densities.begin() + static_cast<std::ptrdiff_t>(kRegionShare * kRegionDraws);
  std::nth_element(densities.begin(), at, densities.end());
  return *at;
}

// Mean lower bound where the best settings are moved into the prior.
double bound_inside(const space::Space& space, const Prior& prior, const UnitTable& table,
                    std::span<const std::size_t> tops, const GpModel& model, base::RandomStream& stream) {
  double sum = 0;
  std::size_t count = 0;
  GpModel::Batch batch;
  std::vector<bool> is_pulled(table.row(tops.front()).size(), false);
  for (const PriorBump& bump : prior.bumps()) {
    for (const PriorPull& pull : bump.pulls) is_pulled[pull.dimension] = true;
  }
  for (const std::size_t top : tops) {
    for (std::size_t i = 0; i < kMoves; ++i) {
      const std::span<const double> stays = table.row(top);
      std::vector<double> unit(stays.size(), std::nan(""));
      prior.draw(stream, unit);
      for (std::size_t j = 0; j < unit.size(); ++j) {
        if (!is_pulled[j] && !std::isnan(stays[j])) unit[j] = stays[j];
      }
      const std::vector<double> moved = space.to_unit(space.from_unit(unit));
      model.predict(moved.data(), 1, batch);
      sum += batch.mean[0] - kDeviations * std::sqrt(batch.variance[0]);
      ++count;
    }
  }
  return sum / static_cast<double>(count);
}

}  // namespace

std::optional<Contradiction> find_contradiction(const space::Space& space, const space::History& history,
                                                const ActivePrior& prior, std::size_t objectives, std::uint64_t seed) {
  if (objectives != 1) return std::nullopt;
  const bool is_trusted = trust(prior, space, history.trials()) > (prior.old ? 0 : kHintTrust);
  const GpTrials told = read_trials(history, objectives);
  const std::size_t width = space.dimensions().size();
  base::RandomStream stream({.seed = seed, .trial = prior.since, .stream = base::Stream::kAuto, .attempt = 0xffff});
  const double bound = region_bound(prior.prior, width, stream);
  UnitTable table(width);
  table.extend(space, history);
  const std::vector<GpTold> rows = objective_rows(history, told, 0, objectives);
  const double kNone = std::numeric_limits<double>::infinity();
  Contradiction found{.best_inside = kNone, .best_elsewhere = kNone};
  std::vector<std::size_t> good;  // Places among the rows.
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].bad || !told.feasible[i]) continue;
    good.push_back(i);
    const bool is_inside = prior.prior.log_density(table.row(rows[i].trial).data()) >= bound;
    found.inside += is_inside ? 1 : 0;
    double& best = is_inside ? found.best_inside : found.best_elsewhere;
    best = std::min(best, rows[i].value);
  }
  found.results = good.size();
  if (!is_trusted && prior.old && good.size() >= kOrdered) {
    found.by = Contradiction::By::kOrder;
    return found;
  }
  if (!(found.best_elsewhere < found.best_inside)) return std::nullopt;
  if (!is_trusted && !prior.old && found.inside >= kProbed) {
    found.by = Contradiction::By::kResults;
    return found;
  }
  if (found.inside < kEvidence) return std::nullopt;
  const GpEmbedding embedding(space);
  if (embedding.groups().empty()) return std::nullopt;
  GpSurface surface(embedding, GpSurface::Kind::kObjective);
  surface.learn(table, rows, {}, {});
  std::stable_sort(good.begin(), good.end(),
                   [&](std::size_t a, std::size_t b) { return surface.values()[a] < surface.values()[b]; });
  good.resize(std::min(good.size(), kTops));
  double sum = 0;
  GpModel::Batch batch;
  std::vector<std::size_t> tops;
  for (const std::size_t i : good) {
    tops.push_back(rows[i].trial);
    surface.model().predict(table.row(tops.back()).data(), 1, batch);
    sum += batch.mean[0];
  }
  const double here = sum / static_cast<double>(tops.size());
  if (bound_inside(space, prior.prior, table, tops, surface.model(), stream) <= here + kMargin) return std::nullopt;
  return found;
}

}  // namespace sterlet::samplers
