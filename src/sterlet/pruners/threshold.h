#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "sterlet/base/result.h"
#include "sterlet/pruners/pruner.h"
#include "sterlet/pruners/study_facts.h"

namespace sterlet::pruners {

struct ThresholdOptions {
  std::optional<double> lower;    ///< A trial that reports less than this ends; empty: no limit.
  std::optional<double> upper;    ///< A trial that reports more than this ends; empty: no limit.
  std::int64_t warmup_steps = 0;  ///< >= 0. No decision up to this step.
};

/// Stops a trial that reports a value outside fixed limits, or NaN: it has diverged, or there is a mistake in it.
///
/// Works in  the user's values, whatever the direction.
/// Edges     a value on a limit is inside. Without limits only NaN ends a trial.
/// Cost      O(1) a report.
/// Errors    kInvalidArgument where lower is above upper.
base::Result<std::unique_ptr<Pruner>> make_threshold(const ThresholdOptions& options, const StudyFacts& facts);

}  // namespace sterlet::pruners
