#pragma once

#include <memory>

#include "sterlet/base/result.h"
#include "sterlet/samplers/sampler.h"
#include "sterlet/samplers/study_facts.h"

namespace sterlet::samplers {

struct GpOptions {
  std::int64_t startup_trials = 0;  ///< In [0, 10000]. Sobol points before the model; 0: by dimension and budget.
};

/// A Gaussian process over the whole space, and the point with the largest expected improvement over the best; with two
/// to four objectives, the largest expected growth of the hypervolume, with a process for each.
///
/// Works in  the unit cube after each parameter's scale, with a warp a parameter that can find out that a scale is
///           wrong; choices are unordered; a conditional parameter is as far from its values where it is inactive as
///           half its range (kernel.h). Values above the median are rank-transformed, then all are straightened by
///           Yeo-Johnson's power (transform.h).
/// Edges     until `startup_trials` trials exist, and until two have values: the middle of the space, then points of
///           Sobol's, every other one on a log scale where a linear range is wide enough to be suspect. Pending trials
///           count as told, at values drawn from the model, so that parallel workers spread out. Pruned trials
///           count by the value they had; a mean of r runs has an r-th of the noise. Told constraints are learned too,
///           and the gain multiplied with the probability that all hold. So is where trials fail (or give NaN), by
///           chance or by region; each failure in a row makes that probability weigh eightfold. While all values are
///           equal: Sobol's points. No repeats while there are other candidates. From 30 dimensions on, and with one
///           objective, it looks in a box about the best point that shrinks while nothing improves (region.h). Where a
///           choice decides what else there is, and more seldom at other choices, some trials look at one family of
///           settings by a process of that family's trials alone (families.h).
/// Cost      O(n^2) time and memory a suggestion, n the smaller of the number of trials and some 560: beyond 500, the
///           best and a spread of the rest. Hyperparameters are fitted each time n has grown by a twelfth (each time
///           below 32), on at most 96 trials.
/// Errors    kInvalidArgument for more than four objectives, or an option out of range.
/// Source    Rasmussen, Williams: Gaussian processes for machine learning, 2006; Ament et al.: Unexpected improvements
///           to expected improvement for Bayesian optimization, NeurIPS 2023; for several objectives see volume.h.
/// Departs   with priors on length scales that grow with the square root of the dimension (Hvarfner et al. 2024; of what
///           is active on average), moved by each parameter's tier; these and the noise's chosen on real trainings;
///           with a prior mean that rises towards corners as far as values are noise; and with hyperparameters that are
///           a function of the first N_k trials alone, so that a study opened again goes on as if it had never ended.
base::Result<std::unique_ptr<Sampler>> make_gp(const space::Space& space, const GpOptions& options,
                                               const StudyFacts& facts);

}  // namespace sterlet::samplers
