#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "sterlet/space/history.h"
#include "sterlet/space/space.h"

namespace sterlet::samplers {

/// Unit coordinates of every trial of a history: a row of d numbers a trial, NaN where a dimension is not active.
///
/// Rows depend on the points alone, which never change. Cost O(d) a new trial, O(n d) doubles of memory.
class UnitTable final {
 public:
  explicit UnitTable(std::size_t dimensions) : dimensions_(dimensions) {}

  void clear() { rows_.clear(); }
  /// Adds the rows of trials that came since; the rows there must be of the same history (see HistoryCursor).
  void extend(const space::Space& space, const space::History& history);
  std::size_t size() const { return dimensions_ == 0 ? 0 : rows_.size() / dimensions_; }
  std::span<const double> row(std::size_t trial) const {
    return std::span<const double>(rows_).subspan(trial * dimensions_, dimensions_);
  }

 private:
  std::size_t dimensions_;
  std::vector<double> rows_;
};

}  // namespace sterlet::samplers
