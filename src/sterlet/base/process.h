#pragma once

#include <cstdint>
#include <string>

namespace sterlet::base {

/// Names one process for ever: its number together with its start time, the machine's boot and the namespace in which
/// the number counts.
struct ProcessIdentity {
  std::string host;  ///< "NAME/BOOT/NAMESPACE": the machine's name, its boot id, the inode of the PID namespace.
  std::int64_t pid = 0;
  std::string start;  ///< Start time in clock ticks since boot; empty if unknown.
};

ProcessIdentity this_process();

/// What can be told of a process from here.
enum class Presence {
  kRunning,
  kGone,
  kUnreadable,   ///< Something has its number, but may not be looked at (another user's, or no /proc).
  kElsewhere,    ///< On another machine, or in another container: its number means nothing here.
  kEarlierBoot,  ///< A machine of this name ran it before it was started again; or another one has this one's name.
};
/// `host` as of versions before the namespace was part of it counts as this namespace.
Presence presence_of(const ProcessIdentity& process);

/// Login name of who runs this program; their number where there is none.
std::string user_name();
/// Folder of the running program.
std::string program_folder();
/// Puts a folder first on PATH, for this process and those it starts.
void prepend_to_path(const std::string& folder);
/// Cores that this process may use, >= 1.
int available_cores();

}  // namespace sterlet::base
