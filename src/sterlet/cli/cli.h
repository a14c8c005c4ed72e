#pragma once

namespace sterlet::cli {

/// Runs the command line and returns the exit code: 0 done, 1 error, 2 usage, 3 no successful trial, 64 bad study file,
/// 69 unreachable, 74 disk, 124 time limit, 130 and 143 signals.
int run(int argc, char** argv);

}  // namespace sterlet::cli
