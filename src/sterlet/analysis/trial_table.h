#pragma once

#include <cstddef>
#include <vector>

#include "sterlet/base/rng.h"

namespace sterlet::analysis {

/// One coordinate of a search space, over finished trials.
struct Column {
  /// One a trial: in [0, 1] on the parameter's scale, or the index of the choice. NaN where it was not active.
  std::vector<double> values;
  std::size_t choices = 0;            ///< >= 1: of an unordered coordinate; 0: of an ordered one.
  std::vector<std::size_t> deciders;  ///< Columns that decide whether it is active.
};

/// Finished trials as numbers: n rows, a column a coordinate.
struct TrialTable {
  std::vector<Column> columns;
  std::vector<double> results;  ///< One a trial, finite.
  /// Row after row, for each two columns: the share of the space in which both are active. Empty: all of it.
  std::vector<double> both_active;

  std::size_t rows() const { return results.size(); }
  std::size_t width() const { return columns.size(); }
  double active(std::size_t first, std::size_t second) const {
    return both_active.empty() ? 1 : both_active[first * width() + second];
  }
  double active(std::size_t column) const { return active(column, column); }
};

/// A figure with its interval, meant to hold the true one in 9 of 10 cases.
struct Estimate {
  double value = 0, low = 0, high = 0;
  bool operator==(const Estimate&) const = default;
};

/// Who draws here. It draws for no trial, so that it has no place among those that must never change.
inline constexpr base::Stream kAnalysisStream{1000};

}  // namespace sterlet::analysis
