#include "sterlet/samplers/prior/probe.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "sterlet/samplers/prior/steering.h"
#include "sterlet/samplers/prior/trust.h"

namespace sterlet::samplers {

namespace {

constexpr std::uint64_t kProbes = 3, kProbeGap = 2;
constexpr std::uint64_t kProbesAlways = 2;  // One result may be bad luck.

bool has_value(const space::Observation& trial) {
  return trial.outcome == space::Outcome::kComplete && trial.values.size() == 1 && std::isfinite(trial.values.front());
}

// Of the results so far the one of that rank, the best being 0.
const space::Observation* find_ranked(const space::History& history, std::size_t rank) {
  std::vector<const space::Observation*> order;
  for (const space::Observation& trial : history.trials()) {
    if (has_value(trial)) order.push_back(&trial);
  }
  if (order.size() < kProbedResults) return nullptr;
  std::stable_sort(order.begin(), order.end(),
                   [](const auto* a, const auto* b) { return a->values.front() < b->values.front(); });
  return order[rank];
}

}  // namespace

bool is_hint(const ActivePrior& prior) {
  return !prior.old && !prior.is_of_practice && prior.lasting > 1 && prior.prior.bumps().size() == 1;
}

std::optional<space::Point> hint_probe(const space::Space& space, const space::History& history,
                                       const ActivePrior& prior, std::uint64_t trial, base::RandomStream stream) {
  if (!is_hint(prior) || trial < prior.since || (trial - prior.since) % kProbeGap != 0) return std::nullopt;
  const std::uint64_t probe = (trial - prior.since) / kProbeGap;
  if (probe >= kProbes) return std::nullopt;
  const space::Observation* good = find_ranked(history, static_cast<std::size_t>(probe));
  if (good == nullptr) return std::nullopt;
  if (probe >= kProbesAlways && trust(prior, space, history.trials()) < Steering::kLeastTrust) return std::nullopt;
  std::vector<double> drawn(space.dimensions().size(), std::nan(""));
  prior.prior.draw(stream, drawn);
  std::vector<double> unit = space.to_unit(good->point);
  for (std::size_t j = 0; j < unit.size(); ++j) unit[j] = std::isnan(unit[j]) ? drawn[j] : unit[j];
  for (const PriorPull& pull : prior.prior.bumps().front().pulls) {
    const bool is_middle = probe == 0 && pull.shares.empty();
    unit[pull.dimension] = is_middle ? (pull.low + pull.high) / 2 : drawn[pull.dimension];
  }
  space::Point point = space.from_unit(unit);
  if (!space.satisfies_constraints(point) || history.contains(point)) return std::nullopt;
  return point;
}

}  // namespace sterlet::samplers
