#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "sterlet/analysis/size_law.h"

namespace sterlet::analysis {

/// Parabolas through the results of several sizes, all equally wide, whose lowest points lie on a line over ln(size):
/// y = c_size + k (x - v - b (ln(size) - m))^2, m the mean of ln(size).
struct SizeParabola {
  double middle = 0;  ///< v: the best place at the mean of ln(size).
  double slope = 0;   ///< b: of the best place over ln(size).
};

/// Weighted least squares, linear in y = c_size + (p + q (ln(size) - m)) x + k x^2, with the weights of best_place() within
/// each size. `rows`: of each size the trials that count, some perhaps several times; empty: each once. Results must be
/// finite.
/// Edges   nothing where the parabola does not open upwards, or the trials do not decide it.
std::optional<SizeParabola> fit_size_parabola(std::span<const SizeTrials> sizes,
                                              std::span<const std::vector<std::size_t>> rows = {});

}  // namespace sterlet::analysis
