#pragma once

#include <cstdint>
#include <memory>

#include "sterlet/base/result.h"
#include "sterlet/samplers/sampler.h"
#include "sterlet/samplers/study_facts.h"

namespace sterlet::samplers {

struct CmaesOptions {
  std::int64_t startup_trials = 8;     ///< In [1, 100000]. Trials that must have finished before the first generation.
  double sigma = 0.2;                  ///< In [0.001, 1]. First spread, in widths of the unit cube.
  std::int64_t population = 0;         ///< In [0, 10000], not 1. Trials of a generation; 0: 4 + 3 ln d.
  std::int64_t candidates = 20;        ///< In [1, 1000]. Draws of which the most promising is suggested; 1: no choice.
  std::int64_t screened_trials = 200;  ///< In [0, 1000]. Draws are chosen among while the study has so many trials.
  double growth = 2;                   ///< In [1, 10]. Factor on the population at a restart.
  double tolerance = 0;                ///< In [0, 0.1]. Spread at which the first run ends; 0: by the budget.
  std::int64_t alternate = 1;          ///< 0 or 1. Restarts alternate with small populations (BIPOP).
};

/// CMA-ES: a normal distribution over the unit cube that moves to where the better half of each generation lay, and
/// learns from it how far and in which directions to look. A Sobol start; the best of it is the first mean.
///
/// Works in  ordered parameters on their scales. Integers and steps keep a margin: a level is left with probability
///           1 / (d lambda) at least. Categories are drawn by a table of shares that follows the better half too,
///           slowly. Parameters that are not active are drawn along unseen, so that branches share what they have in
///           common.
/// Edges     outside the cube a draw is mirrored back, and the distribution learns from the unmirrored one. A
///           generation is the next lambda trials that have finished, by number; a trial that finishes late enters
///           where its number belongs. Failed trials rank last, pruned ones before them, broken constraints by how
///           much. Points of other origin enter if better than all before, shortened to a likely length.
/// Cost      O(d^2) a suggestion, O(lambda d^2 + d^3) a generation. While screened O(n^2 d + n^3), n <= 100.
/// Errors    kInvalidArgument for several objectives, and for a population of 1.
/// Source    Hansen: The CMA evolution strategy: a tutorial, arXiv 1604.00772. Margin: Hamano et al., GECCO 2022.
///           Restarts: Hansen, Benchmarking a BI-population CMA-ES, GECCO 2009. Injection: Hansen, arXiv 1110.4181.
/// Departs   in the screen: in the first `screened_trials` the best of `candidates` draws by a rough kernel model is
///           taken (Ulmer, Streichert, Zell: Evolution strategies assisted by Gaussian processes with pre-selection,
///           CEC 2003). Normalised regret at 25, 50, 100 trials, random search 1, 15 tuning problems, 10 seeds: 0.49,
///           0.30, 0.16; without it 0.77, 0.58, 0.32. A shorter Sobol start, a smaller sigma or 50 candidates gain
///           nothing.
///           And in the restarts: where a study has a budget of at most 300 trials, which has no use for many digits,
///           the first run ends at a spread of 3% of the ranges and each later one at a quarter of the one before. Best
///           value after 200 trials of 19 bumpy functions of 2 to 5 dimensions, random search's 1, 5 seeds: 0.50;
///           without it 0.93, as no run ended so soon.
base::Result<std::unique_ptr<Sampler>> make_cmaes(const space::Space& space, const CmaesOptions& options,
                                                  const StudyFacts& facts);

}  // namespace sterlet::samplers
