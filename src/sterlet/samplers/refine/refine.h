#pragma once

#include <cstdint>
#include <memory>

#include "sterlet/base/result.h"
#include "sterlet/samplers/sampler.h"
#include "sterlet/samplers/study_facts.h"

namespace sterlet::samplers {

struct RefineOptions {
  std::int64_t start = 0;     ///< >= 0. Results of points over the whole space before the first box; 0: by the budget.
  std::int64_t levels = 0;    ///< In [0, 64]. Boxes, one after another, that the budget is divided among; 0: by the
                              ///< budget.
  double shrink = 0.4;        ///< In [0.05, 1]. No box is narrower than that share of the last.
  double global_share = 0.2;  ///< In [0.01, 1]. Share of the later points that keep covering the whole space.
};

/// Coarse to fine: points over the whole space first, then a sequence of boxes around the best trials, each sampled
/// denser than the last, on each parameter's own scale; `global_share` of the points always stays global.
///
/// A box shrinks only along parameters on which the best trials agree, grows where the best lies at its edge, and moves
/// to a better trial found outside (refine_box.h has the rules). The origin of a point in a box is "zoom", and its note
/// says the level and the box.
///
/// Promises  the optimum cannot be cut off: global points (a Sobol sequence, with g = `global_share` of the later ones)
///           become dense, so that the best value tends to the optimum of any function continuous about it. A region
///           of volume q stays unseen after n later points with probability (1 - q)^(g n) at most, as with g n random
///           points; zooming can lose no more than the other 1 - g of the points, whatever the function.
/// Works in  the unit cube, scales applied. Unordered choices get chances by their share among the best, never 0. Each
///           dimension is judged by the best trials in which it exists. Several objectives: the best are the Pareto
///           front. Where a linear range is so wide (high >= 30 low > 0) that a log scale may have been meant, every
///           other global point is on that scale, and boxes are; if it was not meant that costs little, since a small
///           box is much the same on both (q is then half of the region's volumes on the two scales together).
/// Edges     with a budget B: 0.35 B points (2d + 2 to 64d, B / 2 at most) first, then up to nine boxes of at least
///           2(d + 1) points. Without: max(16, 4d), then boxes of that many, or a tenth of the results so far. A box
///           is opened by the results that have come in; of pending ones up to 0.3 of a box are waited for no longer.
///           Failures count as the worst results; a box of which most failed grows. Constraints by rejection.
/// Cost      O(32 d) a suggestion, and O(n log n) when a box is opened (O(log n) times).
/// Errors    none.
/// Source    own; nearest: Yang, Zhang: Hyperparameter optimization via sequential uniform designs, JMLR 22, 2021, and
///           the trust regions of Eriksson et al.: Scalable global optimization via local Bayesian optimization, 2019.
std::unique_ptr<Sampler> make_refine(const space::Space& space, const RefineOptions& options, const StudyFacts& facts);

}  // namespace sterlet::samplers
