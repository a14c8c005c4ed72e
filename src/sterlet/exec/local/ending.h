#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/exec/executor.h"

namespace sterlet::exec {

/// What is known of an attempt whose program has ended.
struct Ending {
  std::string program = {};  ///< As program_name() gives it.
  int code = 0;              ///< Exit code; if `signalled`, the signal's number.
  bool signalled = false;
  double seconds = 0;
  bool stopped = false;  ///< end() or kill() was asked for it, with `stop_reason`.
  std::string stop_reason = {};
  std::optional<double> time_limit = {};         ///< Set if this limit was reached.
  std::optional<std::int64_t> memory_used = {};  ///< Set if the memory limit was passed, with what was in use.
  std::int64_t memory_limit = 0;
  bool unsent = false;                ///< It ended while messages of it waited to be sent, or were lost on the way.
  bool system_out_of_memory = false;  ///< The system killed some process for want of memory meanwhile.
  std::string stderr_log = {};        ///< Path.
};

/// The cause and the sentence.
Event::Exited explain_ending(const Ending& ending);

/// How a command is called in a message: its program, with the script if the program is an interpreter.
std::string program_name(const std::vector<std::string>& argv);

/// The script that a command hands to an interpreter (python, sh, ...); empty where it is no such command.
std::string script_of(const std::vector<std::string>& argv);

/// The last lines of a file that are not empty, oldest first, at most `count` and from its last 16 KiB; printable, without
/// colours, each cut to 200 characters.
std::vector<std::string> last_lines(const std::string& path, std::size_t count);

}  // namespace sterlet::exec
