#include "sterlet/analysis/trees.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace sterlet::analysis {

namespace {

struct Cell {
  double sum = 0, count = 0;
};

struct Split {
  double gain = 0;
  std::size_t column = 0;
  BinSet left_bins = 0;
};

// Rows [begin, end) of the order, with the histogram of their residuals.
struct Pending {
  std::uint32_t node = 0;
  std::size_t begin = 0, end = 0;
  int depth = 0;
  std::vector<Cell> cells;
};

double value_at(const Tree& tree, const std::uint8_t* bins) {
  const TreeNode* node = tree.data();
  while (!node->is_leaf()) {
    const bool goes_left = (node->left_bins >> bins[node->column] & 1) != 0;
    node = tree.data() + node->left + (goes_left ? 0 : 1);
  }
  return node->value;
}

class Fitter final {
 public:
  Fitter(const BinnedTable& table, std::span<const std::uint8_t> bins, std::span<const double> results,
         const TreesOptions& options, base::RandomStream& stream)
      : table_(table),
        options_(options),
        stream_(stream),
        width_(table.width()),
        bins_(bins),
        residuals_(results.begin(), results.end()) {}

  Trees fit(std::span<const std::uint8_t> left_out_bins, std::span<const double> left_out) {
    Trees fitted;
    fitted.base = std::accumulate(residuals_.begin(), residuals_.end(), 0.0) / static_cast<double>(residuals_.size());
    for (double& residual : residuals_) residual -= fitted.base;
    std::vector<double> missing(left_out.begin(), left_out.end());
    for (double& residual : missing) residual -= fitted.base;
    double least = squares(missing);
    std::size_t best = 0;
    for (int i = 0; i < options_.trees_max; ++i) {
      choose_columns();
      Tree tree = grow();
      if (tree.size() == 1 && width_ <= options_.columns_max) break;
      fitted.trees.push_back(std::move(tree));
      for (std::size_t row = 0; row < missing.size(); ++row) {
        missing[row] -= value_at(fitted.trees.back(), left_out_bins.data() + row * width_);
      }
      const double error = squares(missing);
      if (error < least || missing.empty()) {
        least = error;
        best = fitted.trees.size();
      } else if (fitted.trees.size() - best >= static_cast<std::size_t>(options_.patience)) {
        break;
      }
    }
    fitted.trees.resize(best);
    return fitted;
  }

 private:
  static double squares(const std::vector<double>& values) {
    return std::inner_product(values.begin(), values.end(), values.begin(), 0.0);
  }

  void choose_columns() {
    if (!chosen_.empty() && width_ <= options_.columns_max) return;
    chosen_.resize(width_);
    std::iota(chosen_.begin(), chosen_.end(), std::size_t{0});
    if (width_ <= options_.columns_max) return;
    for (std::size_t i = 0; i < options_.columns_max; ++i) {
      std::swap(chosen_[i], chosen_[i + stream_.below(width_ - i)]);
    }
    chosen_.resize(options_.columns_max);
  }

  void count(Pending& part) const {
    part.cells.assign(chosen_.size() * kBinsMax, {});
    for (std::size_t i = part.begin; i < part.end; ++i) {
      const std::uint32_t row = order_[i];
      const double residual = residuals_[row];
      const std::uint8_t* bins = bins_.data() + row * width_;
      Cell* cells = part.cells.data();
      for (const std::size_t column : chosen_) {
        Cell& cell = cells[bins[column]];
        cell.sum += residual;
        cell.count += 1;
        cells += kBinsMax;
      }
    }
  }

  // The larger child's histogram is the parent's without the smaller one's.
  static void subtract(std::vector<Cell>& from, const std::vector<Cell>& other) {
    for (std::size_t i = 0; i < from.size(); ++i) {
      from[i].sum -= other[i].sum;
      from[i].count -= other[i].count;
    }
  }

  void scan(const Cell* cells, std::size_t column, std::span<const std::uint8_t> sequence, double sum, double count,
            Split& best) const {
    const double rows_min = options_.leaf_rows_min, all = sum * sum / count;
    double left_sum = 0, left_count = 0;
    BinSet left_bins = 0;
    for (const std::uint8_t bin : sequence) {
      left_bins |= BinSet{1} << bin;
      if (cells[bin].count == 0) continue;
      left_sum += cells[bin].sum;
      left_count += cells[bin].count;
      if (left_count < rows_min) continue;
      const double right_sum = sum - left_sum, right_count = count - left_count;
      if (right_count < rows_min) return;
      const double gain = left_sum * left_sum / left_count + right_sum * right_sum / right_count - all;
      if (gain > best.gain) best = {.gain = gain, .column = column, .left_bins = left_bins};
    }
  }

  Split find_split(const Pending& part) const {
    Split best{.gain = 1e-12};
    double sum = 0, count = 0;
    for (std::size_t bin = 0; bin < kBinsMax; ++bin) {
      sum += part.cells[bin].sum;
      count += part.cells[bin].count;
    }
    static constexpr auto kAscending = [] {
      std::array<std::uint8_t, kBinsMax> bins{};
      for (std::size_t i = 0; i < kBinsMax; ++i) bins[i] = static_cast<std::uint8_t>(i);
      return bins;
    }();
    for (std::size_t i = 0; i < chosen_.size(); ++i) {
      const BinnedColumn& column = table_.columns[chosen_[i]];
      const Cell* cells = part.cells.data() + i * kBinsMax;
      if (column.ordered) {
        scan(cells, chosen_[i], std::span(kAscending).first(column.bins()), sum, count, best);
        continue;
      }
      // The best split of categories lies in the order of their means.
      std::array<std::uint8_t, kBinsMax> by_mean{};
      std::size_t seen = 0;
      for (std::size_t bin = 0; bin < column.bins(); ++bin) {
        if (cells[bin].count > 0) by_mean[seen++] = static_cast<std::uint8_t>(bin);
      }
      std::sort(by_mean.begin(), by_mean.begin() + static_cast<std::ptrdiff_t>(seen),
                [&](std::uint8_t a, std::uint8_t b) {
                  const double mean_a = cells[a].sum / cells[a].count, mean_b = cells[b].sum / cells[b].count;
                  return mean_a != mean_b ? mean_a < mean_b : a < b;
                });
      scan(cells, chosen_[i], std::span(by_mean).first(seen), sum, count, best);
    }
    return best;
  }

  void end_leaf(Tree& tree, const Pending& part) {
    double sum = 0;
    for (std::size_t i = part.begin; i < part.end; ++i) sum += residuals_[order_[i]];
    const double value = options_.learning_rate * sum / static_cast<double>(part.end - part.begin);
    tree[part.node].value = value;
    for (std::size_t i = part.begin; i < part.end; ++i) residuals_[order_[i]] -= value;
  }

  // Rows that go left first, each side in its order; returns where the right side begins.
  std::size_t divide(const Pending& part, const Split& split) {
    std::size_t left = part.begin;
    others_.clear();
    for (std::size_t i = part.begin; i < part.end; ++i) {
      const std::uint32_t row = order_[i];
      if ((split.left_bins >> bins_[row * width_ + split.column] & 1) != 0) {
        order_[left++] = row;
      } else {
        others_.push_back(row);
      }
    }
    std::copy(others_.begin(), others_.end(), order_.begin() + static_cast<std::ptrdiff_t>(left));
    return left;
  }

  Tree grow() {
    order_.resize(residuals_.size());
    std::iota(order_.begin(), order_.end(), 0U);
    Tree tree(1);
    std::vector<Pending> stack(1);
    stack.back().end = order_.size();
    count(stack.back());
    while (!stack.empty()) {
      Pending part = std::move(stack.back());
      stack.pop_back();
      Split split;
      if (part.depth < options_.depth_max) split = find_split(part);
      if (split.left_bins == 0) {
        end_leaf(tree, part);
        continue;
      }
      const std::size_t middle = divide(part, split);
      const auto child = static_cast<std::uint32_t>(tree.size());
      tree[part.node].left = child;
      tree[part.node].column = static_cast<std::uint32_t>(split.column);
      tree[part.node].left_bins = split.left_bins;
      tree.resize(tree.size() + 2);
      Pending left{.node = child, .begin = part.begin, .end = middle, .depth = part.depth + 1};
      Pending right{.node = child + 1, .begin = left.end, .end = part.end, .depth = part.depth + 1};
      if (left.depth < options_.depth_max) {
        Pending& smaller = left.end - left.begin <= right.end - right.begin ? left : right;
        Pending& larger = &smaller == &left ? right : left;
        count(smaller);
        larger.cells = std::move(part.cells);
        subtract(larger.cells, smaller.cells);
      }
      stack.push_back(std::move(right));
      stack.push_back(std::move(left));
    }
    return tree;
  }

  const BinnedTable& table_;
  const TreesOptions& options_;
  base::RandomStream& stream_;
  std::size_t width_;
  std::span<const std::uint8_t> bins_;
  std::vector<double> residuals_;
  std::vector<std::size_t> chosen_;
  std::vector<std::uint32_t> order_, others_;
};

}  // namespace

double Trees::predict(const std::uint8_t* bins) const {
  double sum = base;
  for (const Tree& tree : trees) sum += value_at(tree, bins);
  return sum;
}

Trees fit_trees(const BinnedTable& table, std::span<const std::uint8_t> bins, std::span<const double> results,
                std::span<const std::uint8_t> left_out_bins, std::span<const double> left_out,
                const TreesOptions& options, base::RandomStream& stream) {
  return Fitter(table, bins, results, options, stream).fit(left_out_bins, left_out);
}

}  // namespace sterlet::analysis
