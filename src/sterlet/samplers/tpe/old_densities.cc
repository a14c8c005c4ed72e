#include "sterlet/samplers/tpe/old_densities.h"

#include <algorithm>
#include <cmath>

#include "sterlet/samplers/prior/old_study.h"
#include "sterlet/samplers/prior/trust.h"

namespace sterlet::samplers {

namespace {

constexpr std::uint32_t kOldAttempt = 0x4000;  // Streams that no draw of the new densities uses.

}  // namespace

TpeOld::TpeOld(const space::Space& space, const ActivePrior& prior, double good_share) : prior_(prior), memo_(space) {
  const space::History& history = prior_.old->history();
  memo_.follow(space, history);
  const double good = std::ceil(good_share * static_cast<double>(memo_.ranking().ranked()));
  fit_ = fit_tpe(space, history, memo_.ranking().best(history, static_cast<std::size_t>(std::max(1.0, good))), false,
                 memo_);
}

double TpeOld::weight(const space::Space& space, const space::History& history, std::size_t results) const {
  return std::min(1.0, prior_.weight) * trust(prior_, space, history.trials()) * kHalved /
         (kHalved + static_cast<double>(results));
}

std::pair<double, double> TpeOld::log_densities(const space::Space& space, const space::Point& point) const {
  const std::vector<double> unit = space.to_unit(point);
  std::vector<float> log_kernels(fit_.table->padded_size()), good(fit_.l.weights.size(), kTpeNothing);
  fit_.table->log_kernels({.unit = unit, .values = point.values}, log_kernels);
  for (std::size_t i = 0; i < fit_.good_slots.size(); ++i) good[i] = log_kernels[fit_.good_slots[i]];
  return {fit_.l.log_density(good), fit_.g.log_density(log_kernels)};
}

TpeDraws TpeOld::draws(const space::Space& space, std::size_t count, const base::StreamKey& key) const {
  base::StreamKey apart = key;
  apart.attempt += kOldAttempt;
  return TpeDraws(space, fit_, count, apart);
}

}  // namespace sterlet::samplers
