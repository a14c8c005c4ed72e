#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace sterlet::pruners {

/// Values in order, each with its trial: insertion, rank and k-th value in O(log n), with 16 bytes a value.
///
/// Works in  sorted blocks of at most kBlockMax values with a Fenwick tree over their sizes; a full block is halved,
///           which renews the tree: O(n / kBlockMax) once every kBlockMax / 2 insertions.
/// Edges     ties are ordered by trial number. NaN stands behind everything, as the worst.
class OrderStatistics final {
 public:
  /// Adds a value; returns how many stand before it.
  std::size_t insert(double value, std::int64_t trial);
  /// How many stand before that value of that trial.
  std::size_t rank(double value, std::int64_t trial) const;
  /// The k-th value from the least, k < size(), and its trial.
  double at(std::size_t k) const { return entry_at(k).value; }
  std::int64_t trial_at(std::size_t k) const { return entry_at(k).trial; }
  std::size_t size() const { return size_; }
  /// Percentile in [0, 100] with linear interpolation between neighbours, as numpy's default; size() >= 1.
  double percentile(double percent) const;

 private:
  static constexpr std::size_t kBlockMax = 256;
  struct Entry {
    double value = 0;
    std::int64_t trial = 0;
  };
  const Entry& entry_at(std::size_t k) const;
  static bool before(const Entry& a, const Entry& b);
  std::size_t find_block(const Entry& entry) const;
  std::size_t count_before(std::size_t block) const;
  void count_again();

  std::vector<std::vector<Entry>> blocks_;
  std::vector<std::size_t> tree_;  // Fenwick tree over the blocks' sizes, 1-based.
  std::size_t size_ = 0;
};

}  // namespace sterlet::pruners
