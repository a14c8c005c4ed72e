#pragma once

#include <cstdint>
#include <string>

namespace sterlet::base {

/// Names one process for ever: its number together with its start time and the machine's boot.
struct ProcessIdentity {
  std::string host;  ///< Machine name and boot id.
  std::int64_t pid = 0;
  std::string start;  ///< Start time in clock ticks since boot; empty if unknown.
};

ProcessIdentity this_process();
/// Whether that process still runs; of processes on this machine and boot only (else false).
bool is_running(const ProcessIdentity& process);
/// Login name of the user who runs this program; the number where there is no name.
std::string user_name();
/// Folder of the running program.
std::string program_folder();
/// Puts a folder first on PATH, for this process and those it starts.
void prepend_to_path(const std::string& folder);
/// Cores that this process may use, >= 1.
int available_cores();

}  // namespace sterlet::base
