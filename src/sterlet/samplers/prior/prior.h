#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sterlet/base/rng.h"
#include "sterlet/space/space.h"

namespace sterlet::samplers {

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

  const std::vector<PriorBump>& bumps() const { return bumps_; }

 private:
  std::vector<PriorBump> bumps_;
  std::vector<double> log_weights_;              // One a bump, of what kEverywhere leaves.
  std::vector<std::vector<double>> log_scales_;  // A bump, then a pull: ln of the area under an unscaled number's.
};

/// A prior as a study has it: what pulls from which trial on, and how strongly.
struct ActivePrior {
  Prior prior;
  std::uint64_t since = 0;  ///< The first trial that it pulls.
  double weight = 1;        ///< >= 0; how many times as strongly, and as often, as usual.
};

/// What the priors of a study together do to its suggestions. Without any they do nothing, at no cost.
///
/// Pulls     samplers that score points add to the logarithm of their score, for each prior, ln pi(x) * weight *
///           kStrength / (t - since + 1)^2 in trial t, which multiplies the score by a power of pi that fades.
/// Draws     samplers that do not, and all of them before they have a model, take some points from pi itself: two
///           thirds of the first kOften trials, later ever fewer, as 1 / (t - since).
/// Pure      all of it depends on the trial's number and the priors alone.
/// Source    Hvarfner et al.: piBO, ICLR 2022; Fehring et al.: DynaBO, 2025 (arXiv 2511.02570) for priors that come
///           during a run, and for the square.
class Steering final {
 public:
  static constexpr double kStrength = 5;
  static constexpr double kLeast = 1e-3;  ///< Powers below that count as none.
  static constexpr double kOften = 12;    ///< Trials of which two thirds are drawn.

  Steering() = default;
  explicit Steering(std::vector<ActivePrior> priors) : priors_(std::move(priors)) {}

  /// Whether a score of that trial is changed.
  bool pulls(std::uint64_t trial) const;
  /// What is added to the logarithm of a score, and to its gradient unless that is null.
  double log_pull(std::uint64_t trial, const double* unit, double* gradient = nullptr) const;
  /// Points at which a search for the best score should look too: coordinates, `count` of each prior that pulls.
  std::vector<std::vector<double>> starts(std::size_t width, std::size_t count, base::StreamKey key) const;
  /// The trial's point where it is a prior's turn to give it, the latest prior first; one that `is_new` accepts.
  template <typename IsNew>
  std::optional<space::Point> draw(const space::Space& space, const base::StreamKey& key, IsNew is_new) const {
    for (std::size_t i = priors_.size(); i-- > 0;) {
      if (!has_turn(priors_[i], key.trial)) continue;
      base::RandomStream stream = stream_of(key, i);
      for (int tries = 0; tries < 4; ++tries) {
        std::optional<space::Point> point = priors_[i].prior.draw_point(space, stream);
        if (point && is_new(*point)) return point;
      }
    }
    return std::nullopt;
  }

 private:
  static double strength(const ActivePrior& prior, std::uint64_t trial);
  static bool has_turn(const ActivePrior& prior, std::uint64_t trial);
  static base::RandomStream stream_of(base::StreamKey key, std::size_t prior);

  std::vector<ActivePrior> priors_;
};

}  // namespace sterlet::samplers
