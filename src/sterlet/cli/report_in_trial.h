#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/cli/context.h"

namespace sterlet::cli {

/// What a trial's script says by `sterlet report`.
struct TrialReport {
  std::vector<std::string> metrics;  ///< NAME=VALUE.
  std::optional<std::int64_t> step;
  std::vector<double> values;
  std::string checkpoint;

  bool is_empty() const { return metrics.empty() && !step && values.empty() && checkpoint.empty(); }
};

/// Sends it over the channel of the trial that this process is part of, and exits with 10 where the trial should stop.
/// Does nothing where no Sterlet runs the script.
base::Result<void> report_in_trial(Context& context, const TrialReport& report);

}  // namespace sterlet::cli
