#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sterlet/base/clock.h"
#include "sterlet/base/result.h"
#include "sterlet/exec/executor.h"
#include "sterlet/plan/facts.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::plan {

struct PilotOptions {
  std::string folder;        ///< Where its trials' folders are made; the caller's to remove.
  double part_seconds = 20;  ///< > 0. How long each of its two parts takes at most: alone, and beside others.
  /// That a part may take instead, where the program has not reported three times by then; and the first where nothing
  /// tells how long a full training is.
  double patience_seconds = 0;
  double whole_seconds = 0;  ///< That the second part may take instead, where it has seen fewer than 6 points by then.
  /// That the second part may take instead, where the time goes by parameters, until it has seen 8 points where the search will
  /// go; and where it has seen fewer than 5 points.
  double guided_seconds = 0;
  int at_once = 1;  ///< >= 1. Programs beside each other in the second part.
  std::vector<int> gpus;
  int threads_alone = 1, threads_beside = 1;  ///< As exec::Launch's.
  bool is_length_known = false;               ///< Then the first part need not wait for the training's end.
  std::optional<std::int64_t> steps;          ///< Of a full training, where the user says it.
  /// The machine's, as a limit where the study has none, and for how many programs at once there is room; 0: not known.
  std::int64_t memory_bytes = 0;
  int signal_fd = -1;  ///< A signalfd; one signal ends the pilot. -1: none.
};

/// Runs the study's program with its defaults (else the middle of each range), first alone, then beside programs with
/// points spread over its space, and notes when they report. Programs are ended once enough is known.
/// Errors  kInvalidArgument where the program with the defaults cannot be started, fails, or reports nothing in the time
///         of a part; kInterrupted by a signal; those of Executor::launch.
base::Result<PilotResult> run_pilot(const studyfile::StudyFile& study, exec::Executor& executor,
                                    const base::Clock& clock, const PilotOptions& options);

}  // namespace sterlet::plan
