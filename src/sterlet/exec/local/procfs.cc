#include "sterlet/exec/local/procfs.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/exec/fd.h"

namespace sterlet::exec {

namespace {

constexpr std::size_t kEnvironmentBytesMax = std::size_t{8} << 20;  // The system itself allows about 6 MiB.
constexpr std::size_t kListBytesMax = std::size_t{4} << 20;         // Half a million children.
constexpr unsigned long kKernelThread = 0x00200000;                 // PF_KTHREAD in the flags of /proc/PID/stat.

/// The value of `name` (with its '=') in an environment as /proc shows it.
std::optional<std::string_view> find_variable(std::string_view environment, std::string_view name) {
  while (!environment.empty()) {
    const std::size_t end = std::min(environment.find('\0'), environment.size());
    const std::string_view entry = environment.substr(0, end);
    if (entry.starts_with(name)) return entry.substr(name.size());
    environment.remove_prefix(std::min(end + 1, environment.size()));
  }
  return std::nullopt;
}

std::string text_of(std::optional<std::string> content) { return content ? std::move(*content) : std::string(); }

bool may_be_ours(pid_t pid) {
  const uid_t user = ::geteuid();
  if (user == 0) return true;
  struct stat about {};
  return ::stat(fmt::format("/proc/{}", pid).c_str(), &about) == 0 && about.st_uid == user;
}

}  // namespace

std::optional<std::string> read_small(const std::string& path, std::size_t bytes_first, std::size_t bytes_max) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return std::nullopt;
  std::string content(bytes_first, '\0');
  std::size_t used = 0;
  for (;;) {
    const ssize_t got = ::read(file.get(), content.data() + used, content.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    used += static_cast<std::size_t>(got);
    if (used >= bytes_max) break;
    if (used == content.size()) content.resize(content.size() * 4);
  }
  content.resize(used);
  return content;
}

/// From /proc/PID/stat: `PID (name) state ppid ...`, the name being any text. Numbers of fields as in proc(5).
ProcessStat read_stat(pid_t pid) {
  constexpr std::size_t kState = 3, kParent = 4, kGroup = 5, kFlags = 9, kStart = 22, kCodeStart = 26,
                        kEnvironmentStart = 50;
  constexpr std::size_t kEnvironmentEnd = 51;
  const std::string stat = text_of(read_small(fmt::format("/proc/{}/stat", pid), 4096, 4096));
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos || name_end + 2 >= stat.size()) return {};
  std::array<std::string_view, kEnvironmentEnd + 1> fields;
  std::string_view rest = std::string_view(stat).substr(name_end + 2);
  for (std::size_t field = kState; field < fields.size(); ++field) {
    fields[field] = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(fields[field].size() + 1, rest.size()));
  }
  const auto number = [&](std::size_t field) { return base::parse_integer(fields[field]).value_or(0); };
  ProcessStat result;
  const bool kernel_thread = (static_cast<unsigned long>(number(kFlags)) & kKernelThread) != 0;
  result.alive = fields[kState] != "Z" && fields[kState] != "X" && !kernel_thread;
  result.parent = static_cast<pid_t>(number(kParent));
  result.group = static_cast<pid_t>(number(kGroup));
  result.start = number(kStart);
  const std::string_view code = fields[kCodeStart];  // Set last of all when a program starts.
  const bool hidden = code == "1";                   // The system's way to say that we may not look into this one.
  if (!result.alive || hidden) return result;
  result.environment_bytes = code == "0" ? -1 : number(kEnvironmentEnd) - number(kEnvironmentStart);
  return result;
}

ProcessMarks read_marks(pid_t pid, const std::string& session) {
  constexpr std::size_t kOneRead = std::size_t{128} << 10;  // One read is of one program, however it goes on.
  constexpr int kReadsMax = 20;
  ProcessMarks marks;
  std::string environment;
  // A file opened just before its process becomes another program reads as empty, so emptiness is believed only of a
  // process that has no environment.
  for (int read = 0; environment.empty(); ++read) {
    environment = text_of(read_small(fmt::format("/proc/{}/environ", pid), kOneRead, kEnvironmentBytesMax));
    if (!environment.empty()) break;
    const ProcessStat stat = read_stat(pid);
    if (!stat.alive || stat.environment_bytes == 0) return marks;
    if (stat.environment_bytes > 0 && read < kReadsMax) continue;
    marks.unclear_start = stat.start;
    return marks;
  }
  marks.of_session = find_variable(environment, "STERLET_SESSION=") == std::string_view(session);
  if (!marks.of_session) return marks;
  const auto trial = find_variable(environment, "STERLET_TRIAL=");
  const auto attempt = find_variable(environment, "STERLET_ATTEMPT=");
  if (!trial || !attempt) return marks;
  const auto trial_number = base::parse_integer(*trial);
  const auto attempt_number = base::parse_integer(*attempt);
  if (trial_number && attempt_number) marks.attempt = AttemptId{*trial_number, static_cast<int>(*attempt_number)};
  return marks;
}

std::optional<std::vector<pid_t>> list_processes() {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc"), &::closedir);
  if (!folder) return std::nullopt;
  std::vector<pid_t> pids;
  while (const dirent* entry = ::readdir(folder.get())) {
    if (entry->d_name[0] < '1' || entry->d_name[0] > '9') continue;
    const auto number = base::parse_integer(entry->d_name);
    const auto pid = static_cast<pid_t>(number.value_or(0));
    if (number && pid != ::getpid() && may_be_ours(pid)) pids.push_back(pid);
  }
  return pids;
}

std::optional<std::vector<pid_t>> list_children(pid_t parent) {
  const std::string tasks = fmt::format("/proc/{}/task", parent);
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(tasks.c_str()), &::closedir);
  if (!folder) return std::nullopt;
  std::vector<pid_t> children;
  while (const dirent* entry = ::readdir(folder.get())) {  // Each thread has a list of its own.
    if (entry->d_name[0] < '1' || entry->d_name[0] > '9') continue;
    const auto list = read_small(fmt::format("{}/{}/children", tasks, entry->d_name), 4096, kListBytesMax);
    if (!list) return std::nullopt;
    std::string_view rest = *list;
    while (!rest.empty()) {
      const std::string_view word = rest.substr(0, rest.find(' '));
      if (const auto pid = base::parse_integer(word)) children.push_back(static_cast<pid_t>(*pid));
      rest.remove_prefix(std::min(word.size() + 1, rest.size()));
    }
  }
  return children;
}

std::optional<std::vector<pid_t>> search_children(pid_t parent) {
  auto all = list_processes();
  if (all) std::erase_if(*all, [&](pid_t pid) { return read_stat(pid).parent != parent; });
  return all;
}

std::int64_t process_memory(pid_t pid, MemoryMeasure measure) {
  if (measure == MemoryMeasure::kResident) {
    // `size resident shared ...`
    const std::string statm = text_of(read_small(fmt::format("/proc/{}/statm", pid), 4096, 4096));
    if (statm.empty()) return 0;
    std::string_view rest = statm;
    rest.remove_prefix(std::min(rest.find(' '), rest.size() - 1) + 1);
    const auto pages = base::parse_integer(rest.substr(0, rest.find(' ')));
    return pages.value_or(0) * ::sysconf(_SC_PAGESIZE);
  }
  const std::string rollup = text_of(read_small(fmt::format("/proc/{}/smaps_rollup", pid), 4096, 1 << 16));
  const std::size_t line = rollup.find("\nPss:");
  if (line == std::string::npos) return process_memory(pid, MemoryMeasure::kResident);
  const std::size_t digits = rollup.find_first_of("0123456789", line);
  if (digits == std::string::npos) return 0;
  const auto kilobytes =
      base::parse_integer(std::string_view(rollup).substr(digits, rollup.find(' ', digits) - digits));
  return kilobytes.value_or(0) * 1024;
}

std::optional<std::int64_t> out_of_memory_kills() {
  const std::string vmstat = text_of(read_small("/proc/vmstat", 4096, 1 << 17));
  constexpr std::string_view kName = "\noom_kill ";
  const std::size_t line = vmstat.find(kName);
  if (line == std::string::npos) return std::nullopt;
  const std::size_t start = line + kName.size();
  return base::parse_integer(std::string_view(vmstat).substr(start, vmstat.find('\n', start) - start));
}

}  // namespace sterlet::exec
