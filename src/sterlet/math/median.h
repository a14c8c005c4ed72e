#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace sterlet::math {

/// The upper median: of an even count the larger of the two in the middle. At least one value, none of them NaN.
inline double median_of(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace sterlet::math
