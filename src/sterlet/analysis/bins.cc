#include "sterlet/analysis/bins.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace sterlet::analysis {

namespace {

BinnedColumn bin_ordered(const std::vector<double>& values) {
  std::vector<double> sorted;
  for (const double value : values) {
    if (!std::isnan(value)) sorted.push_back(value);
  }
  std::sort(sorted.begin(), sorted.end());
  std::vector<double> distinct = sorted;
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  BinnedColumn column{.edges = {0.0}};
  const auto cut_between = [&](double below, double above) {
    const double cut = 0.5 * (below + above);
    if (cut > column.edges.back() && cut < 1) column.edges.push_back(cut);
  };
  if (distinct.size() <= kBinsMax) {
    for (std::size_t i = 1; i < distinct.size(); ++i) cut_between(distinct[i - 1], distinct[i]);
  } else {
    for (std::size_t bin = 1; bin < kBinsMax; ++bin) {
      const std::size_t at = bin * sorted.size() / kBinsMax;
      if (sorted[at] > sorted[at - 1]) cut_between(sorted[at - 1], sorted[at]);
    }
  }
  column.edges.push_back(1.0);
  for (std::size_t i = 1; i < column.edges.size(); ++i) column.shares.push_back(column.edges[i] - column.edges[i - 1]);
  return column;
}

BinnedColumn bin_unordered(std::size_t choices) {
  BinnedColumn column{.ordered = false};
  const double share = 1 / static_cast<double>(choices);
  column.shares.assign(std::min(choices, kBinsMax), share);
  column.shares.back() += share * static_cast<double>(choices - column.shares.size());
  return column;
}

std::uint8_t draw_bin(const BinnedColumn& column, base::RandomStream& stream) {
  double left = stream.uniform();
  for (std::size_t bin = 0; bin + 1 < column.bins(); ++bin) {
    left -= column.shares[bin];
    if (left < 0) return static_cast<std::uint8_t>(bin);
  }
  return static_cast<std::uint8_t>(column.bins() - 1);
}

}  // namespace

std::uint8_t BinnedColumn::bin_of(double value) const {
  if (!ordered) return static_cast<std::uint8_t>(std::min(value, static_cast<double>(bins() - 1)));
  const auto after = std::upper_bound(edges.begin() + 1, edges.end() - 1, value);
  return static_cast<std::uint8_t>(after - edges.begin() - 1);
}

double BinnedColumn::width_of(BinSet set) const {
  if (set == 0) return 0;
  if (ordered) {
    return edges[static_cast<std::size_t>(std::bit_width(set))] -
           edges[static_cast<std::size_t>(std::countr_zero(set))];
  }
  double width = 0;
  for (; set != 0; set &= set - 1) width += shares[static_cast<std::size_t>(std::countr_zero(set))];
  return width;
}

void BinnedTable::fill(std::size_t row, base::RandomStream& stream, std::uint8_t* bins) const {
  for (std::size_t j = 0; j < width(); ++j) {
    const std::uint8_t bin = rows[row * width() + j];
    bins[j] = bin == kInactive ? draw_bin(columns[j], stream) : bin;
  }
}

void BinnedTable::draw(base::RandomStream& stream, std::uint8_t* bins) const {
  for (std::size_t j = 0; j < width(); ++j) bins[j] = draw_bin(columns[j], stream);
}

BinnedTable bin_table(const TrialTable& table) {
  BinnedTable binned;
  for (const Column& column : table.columns) {
    binned.columns.push_back(column.choices == 0 ? bin_ordered(column.values) : bin_unordered(column.choices));
  }
  binned.rows.resize(table.rows() * table.width());
  for (std::size_t row = 0; row < table.rows(); ++row) {
    for (std::size_t j = 0; j < table.width(); ++j) {
      const double value = table.columns[j].values[row];
      binned.rows[row * table.width() + j] =
          std::isnan(value) ? BinnedTable::kInactive : binned.columns[j].bin_of(value);
    }
  }
  return binned;
}

}  // namespace sterlet::analysis
