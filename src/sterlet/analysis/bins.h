#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sterlet/analysis/trial_table.h"
#include "sterlet/base/rng.h"

namespace sterlet::analysis {

/// Most bins of a column, so that a set of them is the bits of one word. 64 took twice the time and changed no share of
/// the variance by more than 0.002.
inline constexpr std::size_t kBinsMax = 32;
using BinSet = std::uint32_t;

/// A column cut into bins, between which trees split.
struct BinnedColumn {
  std::vector<double> edges;   ///< Ordered: a place more than bins, from 0 to 1. Unordered: empty.
  std::vector<double> shares;  ///< Of the space, one a bin; they add up to 1.
  bool ordered = true;

  std::size_t bins() const { return shares.size(); }
  BinSet all() const { return bins() == kBinsMax ? ~BinSet{0} : (BinSet{1} << bins()) - 1; }
  /// Of a value that is active.
  std::uint8_t bin_of(double value) const;
  /// Of the space; `bins` of an ordered column are one run.
  double width_of(BinSet set) const;
};

/// The bin of each trial's coordinates, row after row.
///
/// Ordered columns have a bin a value where there are at most kBinsMax values, with edges half-way between them, else
/// bins with about equally many trials. Unordered ones have a bin a choice; choices past kBinsMax share the last.
struct BinnedTable {
  static constexpr std::uint8_t kInactive = 255;
  std::vector<BinnedColumn> columns;
  std::vector<std::uint8_t> rows;

  std::size_t width() const { return columns.size(); }
  /// The bins of a row; what is not active is drawn from the space, since the results do not depend on it there.
  void fill(std::size_t row, base::RandomStream& stream, std::uint8_t* bins) const;
  /// A point drawn from the space.
  void draw(base::RandomStream& stream, std::uint8_t* bins) const;
};
BinnedTable bin_table(const TrialTable& table);

}  // namespace sterlet::analysis
