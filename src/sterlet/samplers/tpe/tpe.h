#pragma once

#include <memory>

#include "sterlet/base/result.h"
#include "sterlet/samplers/sampler.h"
#include "sterlet/samplers/study_facts.h"

namespace sterlet::samplers {

struct TpeOptions {
  std::int64_t startup_trials = 10;  ///< In [1, 10000]. The study's first trials, which are Sobol points.
  std::int64_t candidates = 32;      ///< In [1, 1000]. Points drawn from l and scored for each suggestion.
  double good_share = 0.15;          ///< In [0.01, 0.5]. Share of the history, best first, that l is fitted to.
};

/// Tree-structured Parzen estimator, multivariate. Fits one density to the best `good_share` of the history (l) and one
/// to all of it (g), draws `candidates` points from l and suggests the one with the largest l(x) / g(x).
///
/// Works in  the unit cube [0, 1]^d after each parameter's scale, one mixture over the whole tree of conditions;
///           discrete values by the mass of their cells, a category as one of its k choices, unordered.
/// Edges     pending and failed trials count into g, so that parallel workers spread out and crashes are left alone.
///           Pruned trials rank after complete ones. Told constraints: infeasible trials rank last, and the score has
///           the log of the share of feasible trials nearby added. Several objectives: by fronts of non-domination, the
///           last front by hypervolume. Fewer than 4 finished trials, or no value: Sobol points.
/// Cost      O(candidates * m * d) time, m = min(n, 1,500) kernels, n trials, d dimensions; O(n d) memory.
/// Errors    none.
/// Source    Bergstra, Bardenet, Bengio, Kegl: Algorithms for hyper-parameter optimization, NIPS 2011, section 4;
///           Watanabe: Tree-structured Parzen estimator, 2023 (arXiv 2304.11127), on what its settings are worth.
/// Departs   with one joint kernel instead of one a parameter; with the same bandwidths in l and g, taken from the
///           spread of the good trials, and with g over all trials, so that l / g is a kernel-weighted share of good
///           trials nearby; with an even prior that is neutral where there are no trials. tpe.cc says what each gained.
///           Where the good trials have drawn together (within 3% of each range) every other trial takes for good the
///           best of those elsewhere, so that a study of several hundred trials does not stay in one hollow. Where a
///           choice decides what else there is, some trials learn from one family's alone (families.h).
base::Result<std::unique_ptr<Sampler>> make_tpe(const space::Space& space, const TpeOptions& options,
                                                const StudyFacts& facts);

}  // namespace sterlet::samplers
