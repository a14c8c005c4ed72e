#pragma once

#include <optional>

#include "sterlet/babysit/judge/curve.h"

namespace sterlet::babysit {

/// Did a change help? What was measured after it, against what the old curve would have come to.
struct Verdict {
  double helped = 0.5;  ///< Probability that the mean after the change is better than without it.
  double measured = 0;  ///< Mean of the objective over the window ...
  double expected = 0;  ///< ... and what the old curve was expected to come to there.
  double gain = 0;      ///< Paired only: mean of the fall of log(objective) ...
  double sd = 0;        ///< ... and its standard deviation.
};

/// The counterfactual is the curve before the change, extrapolated as A + B g(t) + noise over 64 shapes g, each with
/// its posterior in closed form (math/curve_model.h); the mean over the window is, given the shape, Student t.
/// Correlation of neighbouring residuals makes a report worth less than one. The first tenth of the window is a
/// transition and not looked at. The probability is made more careful, its logit times 0.6: extrapolation knows less
/// than it thinks.
///
/// before, after   the objective by step. Nothing where there are fewer than 4 reports before or none after.
/// Edges           a value that is not finite after the change: 0. All values before equal: any change shows.
/// Cost            O(64 (n + m)).
std::optional<Verdict> judge(const Curve& before, const Curve& after, bool minimize);

/// The same where the counterfactual was really run: `unchanged` and `changed` from one checkpoint over the same steps,
/// on the same data. The paired differences d of log(objective) (of the objective where it is not above 0) over the
/// steps that both have reported, the first 40% left out; p = Student(-mean(d) / sd, n - 1), with
/// sd^2 = 3 / n (mean square of d's successive differences / 2 + the same of the unchanged curve). The 3 is for what
/// follows itself; the unchanged curve's own noise is there because a change that helps on this data must also help on
/// other data. Nothing where fewer than 2 steps are common.
/// Edges     a changed curve that is not finite: 0; only an unchanged one: 1.
std::optional<Verdict> judge_paired(const Curve& unchanged, const Curve& changed, bool minimize);

/// The part of a curve that a change at its end is judged by: since the change before that (at step `since`), where
/// that left at least `window` reports, and at most the last ten windows.
Curve recent(const Curve& curve, std::int64_t since, std::size_t window);

}  // namespace sterlet::babysit
