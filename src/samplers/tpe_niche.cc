#include "sterlet/samplers/tpe_niche.h"

#include <algorithm>
#include <cmath>

namespace sterlet::samplers {

namespace {

constexpr std::size_t kEnough = 8;
constexpr double kTogether = 0.03;  // A standard deviation; the least bandwidth of a kernel.
constexpr double kApart = 0.1;

}  // namespace

TpeNiches::TpeNiches(const space::Space& space) {
  for (std::size_t dimension = 0; dimension < space.dimensions().size(); ++dimension) {
    const space::Axis& axis = space.axis(dimension);
    levels_.push_back(axis.ordered() ? 0 : *axis.level_count());
  }
}

bool TpeNiches::have_drawn_together(const UnitTable& units, std::span<const std::uint32_t> trials) const {
  if (trials.size() < kEnough) return false;
  for (std::size_t j = 0; j < levels_.size(); ++j) {
    const double first = units.row(trials[0])[j];
    const auto levels = static_cast<double>(levels_[j]);
    double sum = 0, squares = 0;
    for (const std::uint32_t trial : trials) {
      const double unit = units.row(trial)[j];
      if (std::isnan(unit) != std::isnan(first)) return false;
      if (std::isnan(unit)) continue;
      if (levels > 0 && std::floor(unit * levels) != std::floor(first * levels)) return false;
      sum += unit - first;
      squares += (unit - first) * (unit - first);
    }
    const auto count = static_cast<double>(trials.size());
    if (levels == 0 && squares / count - (sum / count) * (sum / count) > kTogether * kTogether) return false;
  }
  return true;
}

bool TpeNiches::lie_apart(std::span<const double> a, std::span<const double> b) const {
  for (std::size_t j = 0; j < levels_.size(); ++j) {
    if (std::isnan(a[j]) || std::isnan(b[j])) {
      if (std::isnan(a[j]) != std::isnan(b[j])) return true;
      continue;
    }
    const auto levels = static_cast<double>(levels_[j]);
    if (levels == 0 ? std::fabs(a[j] - b[j]) > kApart : std::floor(a[j] * levels) != std::floor(b[j] * levels)) {
      return true;
    }
  }
  return false;
}

std::vector<std::uint32_t> TpeNiches::apart_from(const UnitTable& units, std::span<const std::uint32_t> ranked,
                                                 std::uint32_t best) const {
  std::vector<std::uint32_t> apart;
  for (const std::uint32_t trial : ranked) {
    if (lie_apart(units.row(trial), units.row(best))) apart.push_back(trial);
  }
  return apart;
}

}  // namespace sterlet::samplers
