#pragma once

#include <optional>
#include <span>
#include <vector>

#include "sterlet/analysis/size_law.h"

namespace sterlet::analysis {

/// What may be known of the slope before a trial; spread 0: nothing.
struct SlopePrior {
  double mean = 0, spread = 0;
};

/// The results of several sizes as valleys of one shape, whose lowest points lie on a line over ln(size):
/// y = c_size + k z^2 + s z^3 with z = x - v - b (ln(size) - m), m the mean of ln(size). The cubic term is there since too
/// high a rate is worse than one as much too low.
struct SizeValley {
  double mean_log_size = 0;  ///< m.
  /// What v and b may be: probabilities over the cells of a grid, row after row of slopes.
  std::vector<double> middles, slopes;  ///< Of the grid, evenly spaced.
  std::vector<double> probabilities;    ///< They add up to 1.
  double middle_step = 0, slope_step = 0;
};

/// For each v and b of a grid c, k and s are fitted by weighted least squares; its likelihood is (their squares)^(-n/2), n
/// the results' effective number less the unknowns. The grid is narrowed to where the probability is, a few times.
/// Weights  1 / (1 + ((y - low) / (2 (median - low)))^2)^2 within each size, low the mean of its two lowest results: flat at the
///          bottom, so that a lucky result does not decide, and next to nothing far above, where a valley has another shape;
///          and by the inverse of each size's noise, which is what a cubic through it leaves, drawn to that of all.
/// Results must be finite. Edges: nothing where no valley opens upwards, or has its lowest points among what was tried.
/// Cost  some thousand fits of 5 unknowns or so.
std::optional<SizeValley> fit_size_valley(std::span<const SizeTrials> sizes, const SlopePrior& prior);

}  // namespace sterlet::analysis
