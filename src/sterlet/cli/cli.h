#pragma once

#include "sterlet/cli/context.h"

namespace sterlet::cli {

/// Runs the command line and returns the exit code: 0 done, 1 error, 2 usage, 3 no successful trial, 64 bad study file,
/// 69 unreachable, 74 disk, 124 time limit, 130 and 143 signals, 141 where the reader of stdout has gone.
int run(const Parts& parts, int argc, char** argv);

}  // namespace sterlet::cli
