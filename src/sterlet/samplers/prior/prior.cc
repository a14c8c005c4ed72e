#include "sterlet/samplers/prior/prior.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "sterlet/base/normal.h"
#include "sterlet/math/dense.h"

namespace sterlet::samplers {

namespace {

constexpr double kLeastShare = 1e-6;  // Of a choice.
constexpr double kRounding = 1e-9;    // Of coordinates.
constexpr int kDrawsMax = 16;         // Before a prior is found to fit the constraints nowhere.

// Area under what falls off below the plateau, and above it.
double area_below(const PriorPull& pull) {
  return pull.spread * std::sqrt(2 * std::numbers::pi) * (0.5 - base::normal_cdf(-pull.low / pull.spread));
}
double area_above(const PriorPull& pull) {
  return pull.spread * std::sqrt(2 * std::numbers::pi) * (0.5 - base::normal_cdf((pull.high - 1) / pull.spread));
}

double on_grid(double u) { return std::round(std::clamp(u, 0.0, 1.0) * 0x1p40) * 0x1p-40; }

std::size_t level_at(double unit, std::size_t levels) {
  const double level = std::floor(unit * static_cast<double>(levels));
  return static_cast<std::size_t>(std::clamp(level, 0.0, static_cast<double>(levels - 1)));
}

double draw_number(const PriorPull& pull, base::RandomStream& stream) {
  const double below = area_below(pull), plateau = pull.high - pull.low, above = area_above(pull);
  double at = stream.uniform() * (below + plateau + above);
  const double tail = stream.uniform();
  if (at < below) {
    const double from = base::normal_cdf(-pull.low / pull.spread);
    return pull.low + pull.spread * base::normal_quantile(from + tail * (0.5 - from));
  }
  at -= below;
  if (at < plateau) return pull.low + at;
  const double from = base::normal_cdf((pull.high - 1) / pull.spread);
  return pull.high - pull.spread * base::normal_quantile(from + tail * (0.5 - from));
}

double draw_choice(const PriorPull& pull, base::RandomStream& stream) {
  double at = stream.uniform();
  std::size_t level = 0;
  while (level + 1 < pull.shares.size() && at >= pull.shares[level]) at -= pull.shares[level++];
  return (static_cast<double>(level) + 0.5) / static_cast<double>(pull.shares.size());
}

}  // namespace

Prior::Prior(std::vector<PriorBump> bumps) : bumps_(std::move(bumps)) {
  double sum = 0;
  for (const PriorBump& bump : bumps_) sum += bump.weight;
  for (PriorBump& bump : bumps_) {
    bump.weight = sum > 0 ? bump.weight / sum : 1 / static_cast<double>(bumps_.size());
    log_weights_.push_back(std::log((1 - kEverywhere) * std::max(bump.weight, kLeastShare)));
    std::vector<double> log_scales;
    for (PriorPull& pull : bump.pulls) {
      for (double& share : pull.shares) share = std::max(share, kLeastShare);
      log_scales.push_back(pull.shares.empty() ? std::log(area_below(pull) + (pull.high - pull.low) + area_above(pull))
                                               : 0);
    }
    log_scales_.push_back(std::move(log_scales));
  }
}

double Prior::log_density(const double* unit, double factor, double* gradient) const {
  std::vector<double> logs(bumps_.size());
  double largest = std::log(kEverywhere);
  for (std::size_t k = 0; k < bumps_.size(); ++k) {
    double sum = log_weights_[k];
    for (std::size_t i = 0; i < bumps_[k].pulls.size(); ++i) {
      const PriorPull& pull = bumps_[k].pulls[i];
      const double u = unit[pull.dimension];
      if (std::isnan(u)) continue;
      if (!pull.shares.empty()) {
        const std::size_t levels = pull.shares.size();
        sum += std::log(pull.shares[level_at(u, levels)] * static_cast<double>(levels));
        continue;
      }
      const double beyond = (u - std::clamp(u, pull.low, pull.high)) / pull.spread;
      sum += -0.5 * beyond * beyond - log_scales_[k][i];
    }
    logs[k] = sum;
    largest = std::max(largest, sum);
  }
  double total = math::portable_exp(std::log(kEverywhere) - largest);
  for (double& log : logs) {
    log = log - largest > -600 ? math::portable_exp(log - largest) : 0;
    total += log;
  }
  for (std::size_t k = 0; gradient != nullptr && k < bumps_.size(); ++k) {
    const double share = factor * logs[k] / total;
    for (const PriorPull& pull : bumps_[k].pulls) {
      const double u = unit[pull.dimension];
      if (std::isnan(u) || !pull.shares.empty()) continue;
      gradient[pull.dimension] -= share * (u - std::clamp(u, pull.low, pull.high)) / (pull.spread * pull.spread);
    }
  }
  return largest + std::log(total);
}

bool Prior::points_at(const double* unit) const {
  return std::any_of(bumps_.begin(), bumps_.end(), [&](const PriorBump& bump) {
    return std::all_of(bump.pulls.begin(), bump.pulls.end(), [&](const PriorPull& pull) {
      const double u = unit[pull.dimension];
      if (std::isnan(u)) return true;
      if (pull.shares.empty()) return std::abs(u - std::clamp(u, pull.low, pull.high)) <= pull.spread + kRounding;
      const std::size_t levels = pull.shares.size();
      return pull.shares[level_at(u, levels)] * static_cast<double>(levels) >= 1;
    });
  });
}

void Prior::draw(base::RandomStream& stream, std::span<double> unit) const {
  double at = stream.uniform();
  std::size_t k = 0;
  while (k + 1 < bumps_.size() && at >= bumps_[k].weight) at -= bumps_[k++].weight;
  for (const PriorPull& pull : bumps_[k].pulls) {
    const double u = pull.shares.empty() ? draw_number(pull, stream) : draw_choice(pull, stream);
    unit[pull.dimension] = on_grid(u);
  }
  for (double& u : unit) {
    if (std::isnan(u)) u = stream.uniform();
  }
}

std::optional<space::Point> Prior::draw_point(const space::Space& space, base::RandomStream& stream) const {
  for (int tries = 0; tries < kDrawsMax; ++tries) {
    std::vector<double> unit(space.dimensions().size(), std::nan(""));
    draw(stream, unit);
    space::Point point = space.from_unit(unit);
    if (space.satisfies_constraints(point)) return point;
  }
  return std::nullopt;
}

}  // namespace sterlet::samplers
