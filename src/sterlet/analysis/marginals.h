#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "sterlet/analysis/trees.h"

namespace sterlet::analysis {

/// A function of trees taken apart by columns, exactly: its mean over the space, what each column does alone, and what
/// two do together beyond that, all but the mean with mean 0 over each column.
class Marginals final {
 public:
  using Pair = std::pair<std::size_t, std::size_t>;  ///< Columns.

  /// All zero. `table` outlives it.
  Marginals(const BinnedTable& table, std::vector<Pair> pairs);

  /// Of these trees, from the boxes of their leaves. Cost O(leaves depth^2 + bins^2 pairs).
  static Marginals of(const BinnedTable& table, const Trees& trees, std::vector<Pair> pairs);
  /// How much the trees' leaves depend on each column, in any way: to choose pairs by.
  static std::vector<double> use_of_columns(const BinnedTable& table, const Trees& trees);

  void add(const Marginals& other, double factor);

  double mean() const { return mean_; }
  const std::vector<Pair>& pairs() const { return pairs_; }
  double alone(std::size_t column, std::size_t bin) const { return alone_[column * kBinsMax + bin]; }
  double together(std::size_t pair, std::size_t first_bin, std::size_t second_bin) const {
    return together_[(pair * kRow + first_bin) * kRow + second_bin];
  }
  /// Over the space.
  double variance_alone(std::size_t column) const;
  double variance_together(std::size_t pair) const;

 private:
  static constexpr std::size_t kRow = kBinsMax + 1;  // One place more, for differences.

  const BinnedTable* table_;
  std::vector<Pair> pairs_;
  double mean_ = 0;
  std::vector<double> alone_, together_;
};

}  // namespace sterlet::analysis
