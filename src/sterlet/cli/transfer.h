#pragma once

#include <string>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/tuning.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::cli {

/// What `sterlet plan --transfer` is asked for.
struct TransferOptions {
  std::string sizes;         ///< "width=32,64,128": by scale_of or by the parameter's name.
  double target = 0;         ///< > 0. The size that is meant.
  int points = 7;            ///< >= 5. Values of each parameter at each size, and one less again around the best.
  bool is_enqueued = false;  ///< The prediction becomes the study's next point.
  StudyOptions study;
  TuningOptions tuning;  ///< Its workers.
};

/// Tries each tier-1 parameter at each size with the rest at its defaults, and prints whether its best value stays or moves,
/// and what to expect at the target. Trials run in a temporary place. Errors: kInvalidArgument where sizes or parameters are
/// missing, or nothing was successful; kInterrupted; those of the run.
base::Result<void> plan_transfer(Context& context, studyfile::StudyFile file, const TransferOptions& options);

}  // namespace sterlet::cli
