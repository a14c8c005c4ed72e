#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "sterlet/base/rng.h"
#include "sterlet/samplers/prior/prior.h"
#include "sterlet/space/history.h"
#include "sterlet/space/space.h"

namespace sterlet::samplers {

/// What the priors of a study do to the scores of one trial. Outlived by the Steering that it is of.
class Pull final {
 public:
  /// Whether scores are changed.
  bool is_any() const { return !parts_.empty(); }
  /// What is added to the logarithm of a score, and to its gradient unless that is null.
  double log_density(const double* unit, double* gradient = nullptr) const;
  /// Points at which a search for the best score should look too: coordinates, `count` of each prior that pulls.
  std::vector<std::vector<double>> starts(std::size_t width, std::size_t count, base::StreamKey key) const;

 private:
  friend class Steering;
  struct Part {
    const Prior* prior = nullptr;
    double power = 0;
    std::size_t place = 0;  // Among the study's priors.
  };
  std::vector<Part> parts_;
};

/// A point that is a prior's, not the sampler's.
struct DrawnPoint {
  space::Point point;
  bool is_of_practice = false;  ///< Of the parameters' names alone.
};

/// What the priors of a study together do to its suggestions. Without any they do nothing, at no cost.
///
/// Pulls     samplers that score points add to the logarithm of their score, for each prior, ln pi(x) * weight * trust *
///           kStrength / (1 + (t - since) / lasting)^2 in trial t, which multiplies the score by a power of pi that
///           fades. The trust is what results so far leave of it (trust.h). A hint pulls with kHintStrength, and in every
///           other trial alone: those between show what the sampler finds by itself, and bound what a wrong one costs.
/// Probes    a hint's first turns are points that tell of it soonest, whatever the sampler (probe.h).
/// Draws     samplers that do not, and all of them before they have a model, take some points from pi itself: two
///           thirds of the first kOften trials, later ever fewer, as 1 / (t - since); none while the trust is below
///           kLeastTrust. Of practice: every other two of the first trials.
/// Pure      all of it depends on the trial's number, the history and the priors alone.
/// Source    Hvarfner et al.: piBO, ICLR 2022; Fehring et al.: DynaBO, 2025 (arXiv 2511.02570) for priors that come
///           during a run, and for the square.
class Steering final {
 public:
  static constexpr double kStrength = 5, kHintStrength = 3;
  static constexpr double kLeast = 1e-3;      ///< Powers below that count as none.
  static constexpr double kOften = 12;        ///< Trials of which two thirds are drawn.
  static constexpr double kLeastTrust = 0.3;  ///< For a draw.

  Steering() = default;
  explicit Steering(std::vector<ActivePrior> priors) : priors_(std::move(priors)) {}

  const std::vector<ActivePrior>& priors() const { return priors_; }
  /// What happens to the scores of that trial.
  Pull pull(const space::Space& space, const space::History& history, std::uint64_t trial) const;
  /// The trial's point where it is a hint's probe, the latest hint first.
  std::optional<space::Point> probe(const space::Space& space, const space::History& history,
                                    const base::StreamKey& key) const;
  /// The trial's point where it is a prior's turn to give it, the latest prior first; a new one.
  std::optional<DrawnPoint> draw(const space::Space& space, const space::History& history,
                                 const base::StreamKey& key) const;

 private:
  static bool has_turn(const ActivePrior& prior, std::uint64_t trial);

  std::vector<ActivePrior> priors_;
};

}  // namespace sterlet::samplers
