#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "sterlet/analysis/trial_table.h"

namespace sterlet::analysis {

/// One bound of a region: column >= low, column <= high, or of an unordered one the choice `low`.
struct FailureSide {
  std::size_t column = 0;
  bool is_upper = true;  ///< Ordered: from `low` up; else up to `high`.
  double low = 0, high = 1;
};

/// A part of the space in which trials fail more often than chance has it.
struct FailureRegion {
  std::vector<FailureSide> sides;  ///< One or two.
  std::size_t inside = 0, failed_inside = 0;
  double chance = 0;  ///< Of so many failures inside by chance alone, all regions that were looked at counted in.
};

/// The region, bounded by one coordinate or two, into which failures fall least by chance.
///
/// A region counts if at least 3 fail in it, at least half of those inside do, and chance (Fisher's exact test, times
/// the number of regions looked at) is below 0.01. Values that are not active lie in no region.
/// Shapes    `failed`: one a row of the columns.
/// Cost      O(d n log n + d n).
std::optional<FailureRegion> find_failure_region(const std::vector<Column>& columns, const std::vector<bool>& failed);

}  // namespace sterlet::analysis
