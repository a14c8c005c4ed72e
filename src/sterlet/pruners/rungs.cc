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
    const auto kept = static_cast<std::size_t>(std::max(pauses_ ? 0.0 : 1.0, std::floor(count / eta_)));
    if (std::isnan(report.value)) {
      decision = {.prune = true, .reason = fmt::format("at step {} it reported NaN", report.step)};
    } else if (!decision.prune && (pauses_ || count >= eta_) && rank > kept) {
      decision = {.prune = true,
                  .pause = pauses_,
                  .reason = fmt::format("at step {} it stood {} of {} at this rung; kept: {}", rung.step,
                                        base::ordinal_text(rank), rung.values.size(), kept)};
    }
  }
  return decision;
}

std::optional<std::int64_t> Rungs::promote(std::span<const std::int64_t> paused, const Progress& progress) const {
  for (std::size_t r = rungs_.size(); r > 0; --r) {
    const Rung& rung = rungs_[r - 1];
    const auto kept = static_cast<std::size_t>(static_cast<double>(rung.values.size()) / eta_);
    for (std::size_t k = 0; k < kept; ++k) {
      const std::int64_t trial = rung.values.trial_at(k);
      if (!std::binary_search(paused.begin(), paused.end(), trial)) continue;
      const bool is_higher = r < rungs_.size() && progress.last_step(trial).value_or(0) >= rungs_[r].step;
      if (!is_higher) return trial;
    }
  }
  return std::nullopt;
}

}  // namespace sterlet::pruners
