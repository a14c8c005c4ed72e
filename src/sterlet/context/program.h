#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "sterlet/base/result.h"

namespace sterlet::context {

struct ProgramLimits {
  double seconds = 10;                       ///< Beyond it the program is killed.
  std::size_t bytes = std::size_t{1} << 20;  ///< Of its output; what is beyond is read and dropped.
};

/// Runs a short program with `folder` as its place and nothing on its stdin, and returns what it wrote to its stdout. It
/// is killed, with all that it started, when its time is over or `is_cancelled` is set.
/// Errors    kNotFound where it cannot be started; kInvalidArgument where it ends otherwise than with 0, with the last
///           line that it wrote; kTimeout; kInterrupted.
///
/// It stays in the process group of this program, whose children an executor leaves alone.
base::Result<std::string> run_program(const std::vector<std::string>& argv, const std::string& folder,
                                      const ProgramLimits& limits, const std::atomic<bool>& is_cancelled);

}  // namespace sterlet::context
