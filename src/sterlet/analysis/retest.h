#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace sterlet::analysis {

/// One setting of an old study that was evaluated again; all values to be minimised.
struct RetestArm {
  double then = 0;          ///< Finite. Its value in the study.
  double runs_then = 1;     ///< >= 1. `then` is the mean of so many runs.
  std::vector<double> now;  ///< At least one. Its new values; not finite: it failed.
};

/// What is known beside the arms. The first arm is the one that was the best.
struct RetestFacts {
  double spread = 1;  ///< > 0. Of the study's better values: the natural unit of differences.
  /// Of one run around its setting's mean, where the study has repeats: its sd and degrees of freedom.
  std::optional<double> noise_sd;
  double noise_freedom = 0;
  /// >= 1. Trials of the study: the best of so many was lucky, too.
  std::int64_t trials = 1;
  int looks = 12;  ///< >= 1. How often the verdict may be asked for, at most.
};

enum class Verdict { kHolds, kDrifted, kRusted, kUnsure };
/// "holds", "drifted", "rusted", "unsure".
std::string_view text_of(Verdict verdict);

/// What the evaluations say so far.
struct RetestJudgement {
  Verdict verdict = Verdict::kUnsure;
  double confidence = 0;               ///< Of the verdict; of kUnsure, of the likeliest other one.
  Verdict leaning = Verdict::kUnsure;  ///< That likeliest one.
  /// Kendall's correlation of old and new order; nothing where noise hides all differences.
  std::optional<double> correlation;
  double correlation_low = -1, correlation_high = 1;  ///< 90 %.
  std::size_t best_now = 0;
  double behind = 0;  ///< By how much the old best is worse than the best now.
  double moved = 0;   ///< Mean change of values, new less old.
  bool has_moved = false;
  double noise_sd = 0;   ///< Of one run.
  double tolerance = 0;  ///< Differences below it count as none.
  /// The arm that it is most useful to repeat; nothing: an arm that was not tried yet tells more.
  std::optional<std::size_t> repeat;
};

/// Judges whether the order of an old study's settings still holds.
///
///   rusted    the old best is now behind another setting by more than the tolerance, and the difference of the two has
///             changed by more than the noise of both times explains; or Kendall's tau is below 0.3
///   holds     the old best, or one that could not be told from it then, is not behind by more than the tolerance, and
///             tau is above 0.3
///   drifted   the same, and the values are others than they were
///   unsure    neither is clear
///
/// The noise of one run is pooled over all repeats with a weak prior (5 % of the spread, one degree of freedom); a
/// setting far from the best is taken to be noisier by a tenth of its distance. Pairs that differ by less than two
/// standard errors then or now take no part in tau, whose interval is Fisher's z with variance 0.437 / (n - 4).
/// "rusted" is tested with Student's t at the level 0.05 / looks, divided further among the settings that may have
/// been the best by luck and those that may beat it now, and needs three repeats: so the chance of a false "rusted" in a
/// whole retest is about 0.05 at most, however often it looks (Bonferroni). The tolerance is 1.5 sd of one run, 2 % of
/// the spread at least.
///
/// Edges     a failure counts as worse than anything by one spread. One arm: unsure. Values are cut at five spreads
///           above the best of their time.
/// Cost      O(n^2), n arms.
/// Source    Kendall's tau: Kendall, Biometrika 30, 1938; its z: Fieller, Hartley, Pearson, Biometrika 44, 1957;
///           group sequential tests with one constant level: Pocock, Biometrika 64, 1977, here by Bonferroni.
RetestJudgement judge_retest(std::span<const RetestArm> arms, const RetestFacts& facts);

}  // namespace sterlet::analysis
