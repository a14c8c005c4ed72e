#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sterlet/analysis/trial_table.h"

namespace sterlet::analysis {

/// What came of one hyperparameter at one size of a model (or of its data, or of its training).
struct SizeTrials {
  double size = 1;  ///< > 0.
  std::vector<double>
      places;  ///< Where it was tried, on the axis on which equal distances count alike: ln of the value.
  std::vector<double> results;  ///< Less is better; those that are not finite are left out.
  double cost = 1;              ///< > 0. Of one trial there, in seconds or any unit.
};

/// Where it is best at one size.
struct BestPlace {
  double size = 1;
  double place = 0;
  double error = 0;      ///< Standard error.
  bool at_edge = false;  ///< The best lies at the end of what was tried, or beyond it.
};

/// The lowest point of a parabola through the results near the best one: least squares with the weights
/// exp(-2 (y - y_min) / (y_median - y_min)), since far from the best a curve is no parabola. Its error by the delta method,
/// with the spread of the residuals.
/// Edges   nothing with fewer than 4 finite results, or fewer than 3 different places; where the parabola has no lowest
///         point, or one outside of what was tried, the best place tried, at_edge, with an error of the distance of
///         neighbouring places.
std::optional<BestPlace> best_place(const SizeTrials& trials);

/// How the best place changes with the size: place = a + b ln(size).
struct SizeLaw {
  enum class Verdict { kStays, kMoves, kUnclear };
  Verdict verdict = Verdict::kUnclear;
  std::vector<BestPlace> best;  ///< By size.
  double a = 0;
  Estimate b;  ///< With its 90% interval.
  Estimate
      target;  ///< The best place at the target, with its 90% interval: of the line, or where it stays of the mean.
};

struct SizeLawOptions {
  int samples = 1000;      ///< >= 1. Draws of what the line may be.
  std::uint64_t seed = 0;  ///< Of its chance.
  double tolerance =
      0.405;  ///< > 0. A shift of less than this between the smallest size and the target is none: ln 1.5.
  /// Slopes that are usual, where places are logarithms: their mean, and >= 0 their spread. 0: nothing is known of them.
  double power_usual = 0;
  double power_spread = 0;
};

/// Fits the law to two sizes or more: valleys of one shape whose lowest points lie on a line over ln(size), to all trials
/// together (size_valley.h), with draws from what the line may be. Where there are no such valleys, a line through each
/// size's best place, drawn anew by its error. A slope with
/// a large error is drawn towards power_usual. The prediction has the error, too, with which a search at the
/// target itself would find its best place.
///   moves    the interval of b leaves out 0, and the shift up to the target is more than the tolerance
///   stays    the whole interval of the shift is within the tolerance
///   unclear  else; the prediction is the line's
/// Nothing where fewer than two different sizes have a best place.
std::optional<SizeLaw> fit_size_law(std::span<const SizeTrials> sizes, double target,
                                    const SizeLawOptions& options = {});

/// The next size to run: among factors of sqrt(2) between the smallest size and the target, the one that lessens the
/// variance of the prediction most for its cost, which is taken to be a power of the size, fitted to the costs.
struct NextSize {
  double size = 1;
  double cost = 1;        ///< Of one trial there.
  double error_now = 0;   ///< Standard error of the best place at the target, ...
  double error_then = 0;  ///< ... and what it would be with that size, tried as often as the others.
};
std::optional<NextSize> next_size(const SizeLaw& law, std::span<const SizeTrials> sizes, double target);

}  // namespace sterlet::analysis
