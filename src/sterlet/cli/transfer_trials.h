#pragma once

#include <string>
#include <vector>

#include "sterlet/analysis/size_law.h"
#include "sterlet/cli/transfer.h"
#include "sterlet/cli/transfer_sizes.h"
#include "sterlet/space/parameter.h"

namespace sterlet::cli {

/// Where equal distances count alike, and back.
double place_of(double value, space::Scale scale);
double value_at(double place, space::Scale scale);

/// How many trials a transfer takes at most.
std::size_t most_trials(std::size_t parameters, const Sizes& sizes, int points);

struct TransferTrials {
  std::vector<std::vector<analysis::SizeTrials>> of;  ///< One a parameter, by size.
  std::size_t count = 0;
  std::size_t successful = 0;
  std::string reason;  ///< Why one of those that failed did.
};

/// Tries each parameter at each size, all else at its defaults, as trials in a temporary place: at `points` values from one
/// end of its range to the other, then at points - 1 around the best place that these showed.
/// Errors: where a default is missing, or the program cannot be run; kInterrupted.
base::Result<TransferTrials> try_sizes(Context& context, const studyfile::StudyFile& file, const Sizes& sizes,
                                       const std::vector<space::Parameter>& parameters, const TransferOptions& options);

}  // namespace sterlet::cli
