#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sterlet/base/clock.h"
#include "sterlet/base/result.h"

namespace sterlet::exec {

/// What a program printed on stdout and stderr together, and how it ended.
struct Captured {
  std::string text;   ///< At most 256 KiB; what comes after is read and dropped.
  int exit_code = 0;  ///< 128 + the signal where one ended it.
};

/// Runs a program to its end, in a process group of its own, with nothing on stdin, and reads what it prints. Whatever
/// of its group is left then is killed. It does not outlive the calling thread.
/// Errors    kInvalidArgument where it cannot be started, with the reason; kTimeout where it runs longer than
///           `time_ms`: its group is killed; kUnreachable where the system has no descriptors or processes left.
base::Result<Captured> capture_output(const std::vector<std::string>& argv, std::int64_t time_ms,
                                      const base::Clock& clock);

}  // namespace sterlet::exec
