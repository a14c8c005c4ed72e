#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace sterlet::babysit {

/// A metric's values by step.
using Curve = std::vector<std::pair<std::int64_t, double>>;

}  // namespace sterlet::babysit
