#pragma once

#include <cstddef>
#include <vector>

#include "sterlet/analysis/smooth_process.h"

namespace sterlet::analysis {

/// On which of some scales does a coordinate act evenly? The results of n trials, with that coordinate on each scale.
struct ScaleQuestion {
  std::vector<std::vector<double>> candidates;  ///< At least two columns in [0, 1]: the same coordinate on each scale.
  std::size_t current = 0;                      ///< The one that trials were drawn on.
  double prior_of_current = 0.5;                ///< In (0, 1): that it is the right one, before a trial.
  ProcessInput rest;                            ///< The other columns, and the results.
};

struct ScaleVerdict {
  std::vector<double> probabilities;  ///< One a candidate; they add up to 1.
  /// ln of how much more probable the results are with the coordinate than without it; small: it hardly acts, and
  /// nothing can be said of its scale.
  double relevance = 0;
  std::size_t best() const;
};

/// Compares models that differ in the scale of one coordinate alone, everything else fitted for each anew. On its right
/// scale a coordinate acts alike everywhere: as the kernels of a smooth Gaussian process and of a rough one expect, and as a
/// simple bowl does, in any measure of the results.
///
/// Prior     prior_of_current for the current scale, the rest for the others alike.
/// Edges     fewer than 8 trials, or equal results: probabilities are the prior, relevance 0.
/// Cost      two SmoothProcesses, four ResponseModels and four bowls a candidate, and two processes more.
/// Source    MacKay: Bayesian interpolation, Neural Computation 4, 1992 (evidence).
ScaleVerdict judge_scale(const ScaleQuestion& question);

}  // namespace sterlet::analysis
