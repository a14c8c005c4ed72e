#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "sterlet/base/text.h"

namespace sterlet::pruners {

/// What a pruner may need to know of its study.
struct StudyFacts {
  std::uint64_t seed = 0;
  std::size_t objective_count = 1;
  bool maximize = false;  ///< Whether the values told are the user's, negated.

  /// A value as the user knows it.
  double shown(double value) const { return maximize ? -value : value; }
  std::string text(double value) const { return base::short_number_text(shown(value)); }
};

}  // namespace sterlet::pruners
