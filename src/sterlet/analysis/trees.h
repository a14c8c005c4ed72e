#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sterlet/analysis/bins.h"

namespace sterlet::analysis {

/// A decision of a tree, or a leaf.
struct TreeNode {
  BinSet left_bins = 0;      ///< Bins of `column` that go left.
  std::uint32_t column = 0;  ///< Of a decision.
  std::uint32_t left = 0;    ///< The left child; the right one follows it. 0: a leaf.
  double value = 0;          ///< Of a leaf.
  bool is_leaf() const { return left == 0; }
};
using Tree = std::vector<TreeNode>;

struct TreesOptions {
  int trees_max = 150;           ///< >= 1.
  double learning_rate = 0.1;    ///< In (0, 1].
  int depth_max = 5;             ///< >= 1.
  int leaf_rows_min = 3;         ///< >= 1.
  std::size_t columns_max = 24;  ///< >= 1. Columns that one tree may use, drawn anew for each where there are more.
  int patience = 15;             ///< >= 1. Trees that gain nothing on rows left out, after which no more are added.
};

/// A sum of trees.
struct Trees {
  double base = 0;
  std::vector<Tree> trees;
  /// At a point: the bin of each column.
  double predict(const std::uint8_t* bins) const;
};

/// Boosted regression trees on histograms: each tree fits what the ones before left over, and counts by the learning
/// rate.
///
/// Shapes    `bins`: rows of table.width() bins, none inactive; `results`: one a row, at least one. `left_out_bins` and
///           `left_out`: rows that are not fitted to; they say how many trees are kept (all, where there are none).
/// Cost      O(trees n depth min(d, columns_max)).
/// Source    Friedman: Greedy function approximation: a gradient boosting machine, Annals of Statistics 29, 2001.
Trees fit_trees(const BinnedTable& table, std::span<const std::uint8_t> bins, std::span<const double> results,
                std::span<const std::uint8_t> left_out_bins, std::span<const double> left_out,
                const TreesOptions& options, base::RandomStream& stream);

}  // namespace sterlet::analysis
