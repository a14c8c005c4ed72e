#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sterlet/space/space.h"
#include "sterlet/study/settings.h"
#include "sterlet/study/trials.h"

namespace sterlet::study {

/// What a trial came to; finite, to be minimised.
struct Measured {
  std::int64_t trial = 0;
  double value = 0;
};

/// What analysis::find_likely_best says of them, their configurations being its rows; its values to be minimised. Of more
/// than 2,000 it is asked of the 100 lowest and of others, taken evenly.
std::optional<Expectation> expect_of(std::vector<Measured> measured, const Trials& trials, const space::Space& space);

}  // namespace sterlet::study
