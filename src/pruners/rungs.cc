#include "sterlet/pruners/rungs.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sterlet/base/text.h"

namespace sterlet::pruners {

Decision Rungs::take(const Report& report, std::optional<std::int64_t> before) {
  constexpr double kStepMax = 9e15;  // Steps beyond are not told apart by a double.
  while (next_ < kStepMax && static_cast<double>(report.step) >= std::round(next_)) {
    rungs_.push_back({.step = static_cast<std::int64_t>(std::round(next_)), .values = {}});
    next_ *= eta_;
  }
  Decision decision;
  for (Rung& rung : rungs_) {
    if (rung.step > report.step || (before && rung.step <= *before)) continue;
    const std::size_t rank = rung.values.insert(report.value, report.trial) + 1;
    const auto count = static_cast<double>(rung.values.size());
    const auto kept = static_cast<std::size_t>(std::max(1.0, std::floor(count / eta_)));
    if (std::isnan(report.value)) {
      decision = {.prune = true, .reason = fmt::format("at step {} it reported NaN", report.step)};
    } else if (!decision.prune && count >= eta_ && rank > kept) {
      decision = {.prune = true,
                  .reason = fmt::format("at step {} it stood {} of {} at this rung; kept: {}", rung.step,
                                        base::ordinal_text(rank), rung.values.size(), kept)};
    }
  }
  return decision;
}

}  // namespace sterlet::pruners
