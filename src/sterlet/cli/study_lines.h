#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "sterlet/base/clock.h"
#include "sterlet/cli/block.h"
#include "sterlet/cli/running_lines.h"
#include "sterlet/study/study.h"

namespace sterlet::cli {

/// Who works on a study.
struct Crew {
  int workers = 0;             ///< Of this process; 0 where it only looks.
  std::int64_t abandoned = 0;  ///< RUNNING trials whose tuner is gone.
};

/// What a display may take of the screen.
struct Room {
  int columns = 79;  ///< >= 20.
  int rows = 23;
};

/// The lines that show a study live: bar, best with its age and the way to it, rate and ETA, workers and failures; then
/// as many as there is room for of the trials that run, with their `curves`, and of those that finished last.
std::vector<Line> study_lines(const study::Study& study, const base::Clock& clock, const Room& room, const Crew& crew,
                              const Curves& curves);
/// The first of these alone, without single trials.
std::vector<Line> study_head_lines(const study::Study& study, const base::Clock& clock, int columns, const Crew& crew);

/// "trial 3 COMPLETE loss=0.2 in 4s (best so far)". A best trial that is among the `untold`, whose own line is still to
/// come, is not named.
std::string finished_text(const study::Study& study, std::int64_t trial, const std::set<std::int64_t>& untold = {});

/// Intervals of a population that all members have ended.
std::int64_t settled_intervals(const study::Study& study);
/// How an interval of a population ended: which trial leads, which failed, and which continues from which.
std::string settled_text(const study::Study& study, std::int64_t interval);

}  // namespace sterlet::cli
