#pragma once

#include <cstdint>
#include <optional>

#include "sterlet/babysit/supervisor.h"
#include "sterlet/study/study.h"

namespace sterlet::babysit {

/// A program that has ended.
struct Leaving {
  exec::Event::Exited exited;
  bool is_end_of_its_own = false;  ///< With exit code 0 and no reason for a failure.
  bool was_told = false;           ///< To end.
  bool is_stopping = false;        ///< The model is.
};

/// Where the loop stands with the program: what its parts hand to each other from one turn to the next. At most one of
/// the first three is there; while one is, no command is begun.
struct Progress {
  std::optional<study::Claim> to_launch;  ///< The program is to be started.
  std::optional<Leaving> leaving;         ///< It has ended, and what comes of that is not decided.
  std::optional<Ending> ending;           ///< The model has.
  int restarts = 0;                       ///< Since the last report.
  std::int64_t checkpoint_ms = 0;         ///< Of the last checkpoint that was told or asked for.
  int signals = 0;                        ///< That asked for the end.
  /// The program stands still until this turn's decision is told.
  bool is_held = false;
};

}  // namespace sterlet::babysit
