#include "sterlet/base/process.h"

#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

namespace sterlet::base {

namespace {

/// What /proc says of a process.
struct Stat {
  bool is_readable = false;
  bool is_zombie = false;
  std::string start;  // Field 22, counted after the command's closing parenthesis.
};

Stat stat_of(std::int64_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  // Not by iterators of the buffer, which throw where the process is gone by now.
  std::string text;
  std::getline(file, text, '\0');
  const auto close = text.rfind(')');
  if (close == std::string::npos || close + 2 >= text.size()) return {};
  Stat stat{.is_readable = true, .is_zombie = text[close + 2] == 'Z'};
  std::size_t at = close + 2;
  for (int field = 3; field < 22; ++field) {
    at = text.find(' ', at);
    if (at == std::string::npos) return {};
    ++at;
  }
  stat.start = text.substr(at, text.find(' ', at) - at);
  return stat;
}

/// Where a process number counts.
struct Place {
  std::string name, boot, pid_namespace;
};

Place this_place() {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  Place place{.name = name.data()};
  std::ifstream("/proc/sys/kernel/random/boot_id") >> place.boot;
  struct stat space {};
  if (stat("/proc/self/ns/pid", &space) == 0) place.pid_namespace = std::to_string(space.st_ino);
  return place;
}

// From the end: a machine's name may hold anything. Without a namespace as versions before 6 wrote it.
Place read_place(const std::string& text) {
  constexpr std::size_t kBootLength = 36;  // A UUID; an inode has at most 20 digits.
  const auto last = text.rfind('/');
  if (last == std::string::npos) return {.name = text};
  if (text.size() - last - 1 == kBootLength) return {.name = text.substr(0, last), .boot = text.substr(last + 1)};
  const auto before = last == 0 ? std::string::npos : text.rfind('/', last - 1);
  if (before == std::string::npos) return {.name = text.substr(0, last), .boot = text.substr(last + 1)};
  return {.name = text.substr(0, before),
          .boot = text.substr(before + 1, last - before - 1),
          .pid_namespace = text.substr(last + 1)};
}

}  // namespace

ProcessIdentity this_process() {
  const Place place = this_place();
  return {.host = fmt::format("{}/{}/{}", place.name, place.boot, place.pid_namespace),
          .pid = getpid(),
          .start = stat_of(getpid()).start};
}

Presence presence_of(const ProcessIdentity& process) {
  const Place here = this_place(), there = read_place(process.host);
  if (there.boot != here.boot) return there.name == here.name ? Presence::kEarlierBoot : Presence::kElsewhere;
  const bool is_old_form = there.pid_namespace.empty() && process.host.back() != '/';
  if (there.pid_namespace != here.pid_namespace && !is_old_form) return Presence::kElsewhere;
  const Stat stat = stat_of(process.pid);
  if (stat.is_readable && !process.start.empty()) {
    return !stat.is_zombie && stat.start == process.start ? Presence::kRunning : Presence::kGone;
  }
  // hidepid hides it in /proc, but not that its number is taken.
  return kill(static_cast<pid_t>(process.pid), 0) != 0 && errno == ESRCH ? Presence::kGone : Presence::kUnreadable;
}

std::string user_name() {
  const passwd* entry = getpwuid(geteuid());
  return entry != nullptr ? std::string(entry->pw_name) : std::to_string(geteuid());
}

std::string program_folder() {
  std::error_code ignored;
  return std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path().string();
}

void prepend_to_path(const std::string& folder) {
  const char* path = std::getenv("PATH");
  setenv("PATH", path == nullptr || *path == '\0' ? folder.c_str() : fmt::format("{}:{}", folder, path).c_str(), 1);
}

int available_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return 1;
  const int count = CPU_COUNT(&set);
  return count > 0 ? count : 1;
}

}  // namespace sterlet::base
