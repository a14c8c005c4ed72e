#include "sterlet/base/process.h"

#include <pwd.h>
#include <sched.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

namespace sterlet::base {

namespace {

// Field 22 of /proc/PID/stat, counted after the command's closing parenthesis; empty if there is no such process or it
// is a zombie.
std::string start_of(std::int64_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const auto close = text.rfind(')');
  if (close == std::string::npos || close + 2 >= text.size() || text[close + 2] == 'Z') return {};
  std::size_t at = close + 2;
  for (int field = 3; field < 22; ++field) {
    at = text.find(' ', at);
    if (at == std::string::npos) return {};
    ++at;
  }
  return text.substr(at, text.find(' ', at) - at);
}

std::string this_host() {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  std::string boot;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> boot;
  return fmt::format("{}/{}", name.data(), boot);
}

}  // namespace

ProcessIdentity this_process() { return {.host = this_host(), .pid = getpid(), .start = start_of(getpid())}; }

bool is_running(const ProcessIdentity& process) {
  if (process.host != this_host() || process.start.empty()) return false;
  return start_of(process.pid) == process.start;
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
