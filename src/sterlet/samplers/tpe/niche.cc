#include "sterlet/samplers/tpe/niche.h"

#include <algorithm>
#include <cmath>

namespace sterlet::samplers {

namespace {

constexpr std::size_t kEnough = 8;
constexpr double kTogether = 0.03;  // A standard deviation; the least bandwidth of a kernel.
constexpr double kApart = 0.1;
constexpr std::size_t kKnownMax = 8;

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

const std::vector<std::uint8_t>& TpeNiches::apart_by_trial(const UnitTable& units, std::uint32_t best) {
  const auto found = std::find_if(known_.begin(), known_.end(), [&](const Known& known) { return known.best == best; });
  if (found != known_.end()) {
    std::rotate(found, found + 1, known_.end());
  } else {
    if (known_.size() == kKnownMax) known_.erase(known_.begin());
    known_.push_back({.best = best});
  }
  std::vector<std::uint8_t>& apart = known_.back().apart;
  for (std::size_t trial = apart.size(); trial < units.size(); ++trial) {
    apart.push_back(lie_apart(units.row(trial), units.row(best)) ? 1 : 0);
  }
  return apart;
}

std::vector<std::uint32_t> TpeNiches::apart_from(const UnitTable& units, std::span<const std::uint32_t> ranked,
                                                 std::uint32_t best) {
  const std::vector<std::uint8_t>& apart = apart_by_trial(units, best);
  // Each is written, and the next one over it if it does not lie apart: a branch would be guessed wrong half the time.
  std::vector<std::uint32_t> chosen(ranked.size());
  std::size_t count = 0;
  for (const std::uint32_t trial : ranked) {
    chosen[count] = trial;
    count += apart[trial];
  }
  chosen.resize(count);
  return chosen;
}

}  // namespace sterlet::samplers
