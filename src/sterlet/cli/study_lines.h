#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sterlet/base/clock.h"
#include "sterlet/cli/block.h"
#include "sterlet/study/study.h"

namespace sterlet::cli {

/// Who works on a study.
struct Crew {
  int workers = 0;             ///< Of this process; 0 where it only looks.
  std::int64_t abandoned = 0;  ///< RUNNING trials whose tuner is gone.
};

/// The lines that show a study live: bar, best with its age, rate and ETA, workers and failures. `columns` >= 20 is
/// what a line may take.
std::vector<Line> study_lines(const study::Study& study, const base::Clock& clock, int columns, const Crew& crew);

/// "trial 3 COMPLETE loss=0.2 in 4s (best so far)".
std::string finished_text(const study::Study& study, std::int64_t trial);

/// Intervals of a population that all members have ended.
std::int64_t settled_intervals(const study::Study& study);
/// How an interval of a population ended: which trial leads, which failed, and which continues from which.
std::string settled_text(const study::Study& study, std::int64_t interval);

}  // namespace sterlet::cli
