#include "sterlet/analysis/marginals.h"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <span>

// A leaf is a box: of each column a set of bins, mostly all of them. With volume w of the box and v its value, a
// column's marginal at a bin is the sum of v w / w_j over the leaves whose set holds the bin, w_j the set's width. A
// leaf that does not ask for the column adds the same everywhere, and what is the same everywhere falls out when the
// mean is taken off. So each leaf is entered only for the columns on its path, as differences at the ends of runs of
// bins.

namespace sterlet::analysis {

namespace {

// One column on a leaf's path.
struct Side {
  std::size_t column = 0;
  BinSet bins = 0;
  double width = 1;
};

// Calls visit(sides, volume, value) for each leaf.
template <typename Visit>
class LeafWalk final {
 public:
  LeafWalk(const BinnedTable& table, Visit visit) : table_(table), visit_(std::move(visit)) {}

  void walk(const Tree& tree) { go(tree, 0); }

 private:
  void go(const Tree& tree, std::uint32_t at) {
    const TreeNode& node = tree[at];
    if (node.is_leaf()) {
      double volume = 1;
      for (const Side& side : sides_) volume *= side.width;
      return visit_(std::span<const Side>(sides_), volume, node.value);
    }
    const BinnedColumn& column = table_.columns[node.column];
    const auto found =
        std::find_if(sides_.begin(), sides_.end(), [&](const Side& side) { return side.column == node.column; });
    const auto place = static_cast<std::size_t>(found - sides_.begin());
    const bool is_new = found == sides_.end();
    if (is_new) sides_.push_back({.column = node.column, .bins = column.all()});
    const Side before = sides_[place];
    for (const bool is_left : {true, false}) {
      const BinSet bins = before.bins & (is_left ? node.left_bins : ~node.left_bins);
      if (bins == 0) continue;  // No point of the space comes here.
      sides_[place] = {.column = node.column, .bins = bins, .width = column.width_of(bins)};
      go(tree, node.left + (is_left ? 0 : 1));
    }
    sides_[place] = before;
    if (is_new) sides_.pop_back();
  }

  const BinnedTable& table_;
  Visit visit_;
  std::vector<Side> sides_;
};

template <typename Visit>
void for_leaves(const BinnedTable& table, const Trees& trees, Visit visit) {
  LeafWalk walk(table, std::move(visit));
  for (const Tree& tree : trees.trees) walk.walk(tree);
}

// Calls visit(begin, end) for each run of neighbouring bins.
template <typename Visit>
void for_runs(BinSet bins, Visit visit) {
  while (bins != 0) {
    const auto begin = static_cast<std::size_t>(std::countr_zero(bins));
    const std::size_t end = begin + static_cast<std::size_t>(std::countr_one(bins >> begin));
    visit(begin, end);
    if (end >= kBinsMax) return;
    bins &= ~BinSet{0} << end;
  }
}

// From differences to a column's values without their mean.
void centre_row(double* row, const BinnedColumn& column) {
  double sum = 0, mean = 0;
  for (std::size_t bin = 0; bin < column.bins(); ++bin) {
    sum += row[bin];
    row[bin] = sum;
    mean += sum * column.shares[bin];
  }
  for (std::size_t bin = 0; bin < column.bins(); ++bin) row[bin] -= mean;
}

// From differences to a pair's values without the means of rows and columns.
void centre_grid(double* grid, std::size_t stride, const BinnedColumn& first, const BinnedColumn& second) {
  std::array<double, kBinsMax> means{};
  double mean = 0;
  for (std::size_t i = 0; i < first.bins(); ++i) {
    double* row = grid + i * stride;
    if (i > 0) {
      for (std::size_t k = 0; k < second.bins(); ++k) row[k] += row[k - stride];
    }
  }
  for (std::size_t i = 0; i < first.bins(); ++i) {
    double* row = grid + i * stride;
    double own = 0;
    for (std::size_t k = 0; k < second.bins(); ++k) {
      if (k > 0) row[k] += row[k - 1];
      own += row[k] * second.shares[k];
    }
    for (std::size_t k = 0; k < second.bins(); ++k) {
      means[k] += row[k] * first.shares[i];
      row[k] -= own;
    }
    mean += own * first.shares[i];
  }
  for (std::size_t i = 0; i < first.bins(); ++i) {
    for (std::size_t k = 0; k < second.bins(); ++k) grid[i * stride + k] -= means[k] - mean;
  }
}

}  // namespace

Marginals::Marginals(const BinnedTable& table, std::vector<Pair> pairs)
    : table_(&table),
      pairs_(std::move(pairs)),
      alone_(table.width() * kBinsMax, 0.0),
      together_(pairs_.size() * kRow * kRow, 0.0) {}

Marginals Marginals::of(const BinnedTable& table, const Trees& trees, std::vector<Pair> pairs) {
  Marginals out(table, std::move(pairs));
  const std::size_t width = table.width();
  std::vector<std::optional<std::size_t>> pair_of(width * width);
  for (std::size_t pair = 0; pair < out.pairs_.size(); ++pair) {
    pair_of[out.pairs_[pair].first * width + out.pairs_[pair].second] = pair;
  }
  std::vector<double> rows(width * kRow, 0.0);
  out.mean_ = trees.base;
  for_leaves(table, trees, [&](std::span<const Side> sides, double volume, double value) {
    out.mean_ += value * volume;
    for (const Side& first : sides) {
      double* row = rows.data() + first.column * kRow;
      const double part = value * volume / first.width;
      for_runs(first.bins, [&](std::size_t begin, std::size_t end) {
        row[begin] += part;
        row[end] -= part;
      });
      for (const Side& second : sides) {
        const auto pair = pair_of[first.column * width + second.column];
        if (!pair) continue;
        double* grid = out.together_.data() + *pair * kRow * kRow;
        const double both = part / second.width;
        for_runs(first.bins, [&](std::size_t top, std::size_t bottom) {
          for_runs(second.bins, [&](std::size_t left, std::size_t right) {
            grid[top * kRow + left] += both;
            grid[top * kRow + right] -= both;
            grid[bottom * kRow + left] -= both;
            grid[bottom * kRow + right] += both;
          });
        });
      }
    }
  });
  for (std::size_t j = 0; j < width; ++j) {
    centre_row(rows.data() + j * kRow, table.columns[j]);
    std::copy_n(rows.begin() + static_cast<std::ptrdiff_t>(j * kRow), table.columns[j].bins(),
                out.alone_.begin() + static_cast<std::ptrdiff_t>(j * kBinsMax));
  }
  for (std::size_t pair = 0; pair < out.pairs_.size(); ++pair) {
    centre_grid(out.together_.data() + pair * kRow * kRow, kRow, table.columns[out.pairs_[pair].first],
                table.columns[out.pairs_[pair].second]);
  }
  return out;
}

std::vector<double> Marginals::use_of_columns(const BinnedTable& table, const Trees& trees) {
  std::vector<double> use(table.width(), 0.0);
  for_leaves(table, trees, [&](std::span<const Side> sides, double volume, double value) {
    for (const Side& side : sides) use[side.column] += value * value * volume;
  });
  return use;
}

void Marginals::add(const Marginals& other, double factor) {
  mean_ += factor * other.mean_;
  for (std::size_t i = 0; i < alone_.size(); ++i) alone_[i] += factor * other.alone_[i];
  for (std::size_t i = 0; i < together_.size(); ++i) together_[i] += factor * other.together_[i];
}

double Marginals::variance_alone(std::size_t column) const {
  const std::vector<double>& shares = table_->columns[column].shares;
  double sum = 0;
  for (std::size_t bin = 0; bin < shares.size(); ++bin) sum += alone(column, bin) * alone(column, bin) * shares[bin];
  return sum;
}

double Marginals::variance_together(std::size_t pair) const {
  const std::vector<double>& first = table_->columns[pairs_[pair].first].shares;
  const std::vector<double>& second = table_->columns[pairs_[pair].second].shares;
  double sum = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    double own = 0;
    for (std::size_t k = 0; k < second.size(); ++k) own += together(pair, i, k) * together(pair, i, k) * second[k];
    sum += own * first[i];
  }
  return sum;
}

}  // namespace sterlet::analysis
