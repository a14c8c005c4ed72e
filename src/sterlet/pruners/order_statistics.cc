#include "sterlet/pruners/order_statistics.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "sterlet/base/result.h"

namespace sterlet::pruners {

bool OrderStatistics::before(const Entry& a, const Entry& b) {
  const bool a_is_number = a.value == a.value, b_is_number = b.value == b.value;
  if (a_is_number != b_is_number) return a_is_number;
  if (a_is_number && a.value != b.value) return a.value < b.value;
  return a.trial < b.trial;
}

std::size_t OrderStatistics::find_block(const Entry& entry) const {
  // The first block whose last entry is not before this one; the last block takes what is behind all.
  const auto found = std::partition_point(blocks_.begin(), blocks_.end(),
                                          [&](const auto& block) { return before(block.back(), entry); });
  const auto index = static_cast<std::size_t>(found - blocks_.begin());
  return std::min(index, blocks_.size() - 1);
}

std::size_t OrderStatistics::count_before(std::size_t block) const {
  std::size_t count = 0;
  for (std::size_t i = block; i > 0; i &= i - 1) count += tree_[i];
  return count;
}

void OrderStatistics::count_again() {
  tree_.assign(blocks_.size() + 1, 0);
  for (std::size_t i = 1; i <= blocks_.size(); ++i) {
    tree_[i] += blocks_[i - 1].size();
    const std::size_t parent = i + (i & (~i + 1));
    if (parent <= blocks_.size()) tree_[parent] += tree_[i];
  }
}

std::size_t OrderStatistics::insert(double value, std::int64_t trial) {
  const Entry entry{.value = value, .trial = trial};
  ++size_;
  if (blocks_.empty()) {
    blocks_.push_back({entry});
    count_again();
    return 0;
  }
  const std::size_t index = find_block(entry);
  std::vector<Entry>& block = blocks_[index];
  const auto place = std::lower_bound(block.begin(), block.end(), entry, before);
  const std::size_t rank = count_before(index) + static_cast<std::size_t>(place - block.begin());
  block.insert(place, entry);
  if (block.size() <= kBlockMax) {
    for (std::size_t i = index + 1; i < tree_.size(); i += i & (~i + 1)) ++tree_[i];
    return rank;
  }
  const auto middle = block.begin() + kBlockMax / 2;
  std::vector<Entry> upper(middle, block.end());
  block.erase(middle, block.end());
  blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(index) + 1, std::move(upper));
  count_again();
  return rank;
}

std::size_t OrderStatistics::rank(double value, std::int64_t trial) const {
  if (blocks_.empty()) return 0;
  const Entry entry{.value = value, .trial = trial};
  const std::size_t index = find_block(entry);
  const std::vector<Entry>& block = blocks_[index];
  const auto place = std::lower_bound(block.begin(), block.end(), entry, before);
  return count_before(index) + static_cast<std::size_t>(place - block.begin());
}

const OrderStatistics::Entry& OrderStatistics::entry_at(std::size_t k) const {
  STERLET_CHECK(k < size_, "a rank beyond the values");
  std::size_t index = 0;
  for (std::size_t step = std::bit_floor(tree_.size() - 1); step > 0; step /= 2) {
    if (index + step < tree_.size() && tree_[index + step] <= k) {
      index += step;
      k -= tree_[index];
    }
  }
  return blocks_[index][k];
}

double OrderStatistics::percentile(double percent) const {
  const double place = percent / 100 * static_cast<double>(size_ - 1);
  const auto lower = static_cast<std::size_t>(std::floor(place));
  const double low = at(lower);
  const double share = place - static_cast<double>(lower);
  if (share <= 0 || lower + 1 >= size_) return low;
  const double high = at(lower + 1);
  if (high == low) return low;  // Also two infinities.
  return low + (high - low) * share;
}

}  // namespace sterlet::pruners
