#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "sterlet/base/rng.h"
#include "sterlet/space/space.h"

namespace sterlet::samplers {

class OldStudy;

/// Where a prior expects good values along one dimension of the unit cube.
struct PriorPull {
  std::size_t dimension = 0;
  /// Of a number: even from `low` to `high`, beyond them falling off like a normal density.
  double low = 0, high = 1;
  double spread = 0.1;         ///< > 0. Standard deviation of what falls off.
  std::vector<double> shares;  ///< Of choices: the probability of each, in their order; empty for a number.
};

/// One place where a prior expects good settings: a product over dimensions; those without a pull are even.
struct PriorBump {
  double weight = 1;
  std::vector<PriorPull> pulls;  ///< At most one a dimension.
};

/// A density over a space: where good settings are expected, before the study's own results say so. A mixture of bumps
/// and of kEverywhere of the even density, so that no setting is ruled out.
///
/// Works in  the unit cube after each parameter's scale; a dimension that is not active has no part in it.
/// Cost      O(bumps * pulls) a point.
class Prior final {
 public:
  static constexpr double kEverywhere = 0.1;  ///< Share of the even density.

  /// Weights are taken in proportion; at least one bump.
  explicit Prior(std::vector<PriorBump> bumps);

  /// ln of the density relative to the even one at a row of unit coordinates, NaN where inactive. `gradient`, unless
  /// null: `factor` times the derivatives by the coordinates of numbers are added to it.
  double log_density(const double* unit, double factor = 0, double* gradient = nullptr) const;
  /// Coordinates drawn from one bump: those that it does not pull are drawn evenly, unless `unit` has them already (not
  /// NaN).
  void draw(base::RandomStream& stream, std::span<double> unit) const;
  /// A configuration drawn so, and which of the space exists there; nothing where 16 draws break a constraint.
  std::optional<space::Point> draw_point(const space::Space& space, base::RandomStream& stream) const;

  /// Whether a point lies on a bump: within a spread of where each number of it is even, and no choice of it seldom.
  bool points_at(const double* unit) const;

  const std::vector<PriorBump>& bumps() const { return bumps_; }

 private:
  std::vector<PriorBump> bumps_;
  std::vector<double> log_weights_;              // One a bump, of what kEverywhere leaves.
  std::vector<std::vector<double>> log_scales_;  // A bump, then a pull: ln of the area under an unscaled number's.
};

/// A prior as a study has it: what pulls from which trial on, how strongly, and for how long.
struct ActivePrior {
  Prior prior;
  std::uint64_t since = 0;              ///< The first trial that it pulls.
  double weight = 1;                    ///< >= 0; how many times as strongly, and as often, as usual.
  double lasting = 1;                   ///< > 0. Trials after which its pull has fallen to a quarter.
  bool is_of_practice = false;          ///< Made of names alone (practice.h).
  std::shared_ptr<const OldStudy> old;  ///< Of a warm start: the results that it was made of. Null: there are none.
};

}  // namespace sterlet::samplers
