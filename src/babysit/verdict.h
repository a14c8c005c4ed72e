#pragma once

#include <optional>

#include "sterlet/babysit/tree.h"

namespace sterlet::babysit {

/// Did a change help? What was measured after it, against what the old curve would have come to.
struct Verdict {
  double helped = 0.5;  ///< Probability that the mean after the change is better than without it.
  double measured = 0;  ///< Mean of the objective over the window ...
  double expected = 0;  ///< ... and what the old curve was expected to come to there.
};

/// The counterfactual is the curve before the change, extrapolated as A + B g(t) + noise over 64 shapes g, each with
/// its posterior in closed form (pruners/curve_model.h); the mean over the window is, given the shape, Student t.
/// Correlation of neighbouring residuals makes a report worth less than one. The first tenth of the window is a
/// transition and not looked at. The probability is made more careful, its logit times 0.6: extrapolation knows less
/// than it thinks. `before`, `after`: the objective by step. Nothing where there are fewer than 4 reports before or
/// none after. Edges     a value that is not finite after the change: 0. All values before equal: any change shows.
/// Cost      O(64 (n + m)).
std::optional<Verdict> judge(const Curve& before, const Curve& after, bool minimize);

/// The part of a curve that a change at its end is judged by: since the change before that (at step `since`), where
/// that left at least `window` reports, and at most the last ten windows.
Curve recent(const Curve& curve, std::int64_t since, std::size_t window);

}  // namespace sterlet::babysit
