#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/exec/fd.h"

namespace sterlet::exec {

using Environment = std::vector<std::pair<std::string, std::string>>;

/// A program to start, with everything it gets.
struct Program {
  std::vector<std::string> argv;
  std::string folder;
  Environment environment;  ///< All of it, see with_our_environment.
  int stdout_fd = -1;
  int stderr_fd = -1;
};

struct Started {
  pid_t pid = 0;  ///< Also its process group.
  Fd pidfd;
};
/// The program cannot be started; why, in one sentence.
struct NotStarted {
  std::string reason;
};

/// What to do where the system gives no more descriptors, processes or memory.
inline constexpr std::string_view kShortageAdvice =
    "run fewer workers, or raise the limits of processes and open files (ulimit -u, ulimit -n)";

/// Our own environment without the marks of a Sterlet around us, then `added`; of a name given twice the last counts.
Environment with_our_environment(const Environment& added);

/// Why it cannot be started, as far as that shows without starting it: the program, its interpreter or the script that
/// an interpreter is given is not there, or may not be run or read. Nothing: it looks right.
std::optional<std::string> why_not_startable(const Program& program);

/// Starts a program in a process group of its own, with /dev/null as stdin and no descriptor but 0, 1 and 2; it is
/// killed when the calling thread ends. Errors: kUnreachable where no process can be made.
base::Result<std::variant<Started, NotStarted>> start_program(const Program& program);

}  // namespace sterlet::exec
