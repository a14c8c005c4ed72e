#include "sterlet/exec/local/process_scan.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <string_view>

#include <fmt/format.h>

#include "sterlet/base/text.h"

namespace sterlet::exec {

namespace {

constexpr std::size_t kEnvironmentBytesMax = std::size_t{8} << 20;  // The system itself allows about 6 MiB.
constexpr unsigned long kKernelThread = 0x00200000;                 // PF_KTHREAD in the flags of /proc/PID/stat.

/// The content of a small file, at first by one read of `bytes_first`; empty if it cannot be read.
std::string read_small(const std::string& path, std::size_t bytes_first, std::size_t bytes_max) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string content;
  if (!file) return content;
  std::size_t used = 0;
  content.resize(bytes_first);
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

struct Stat {
  bool alive = false;  ///< Neither gone nor a zombie nor a thread of the system itself.
  std::int64_t start = -1;
  /// Bytes of its environment: 0 for none, -1 on its way into another program, whose environment is not there yet.
  std::int64_t environment_bytes = 0;
};

/// From /proc/PID/stat: `PID (name) state ppid ...`, the name being any text. Numbers of fields as in proc(5).
Stat read_stat(pid_t pid) {
  constexpr std::size_t kState = 3, kFlags = 9, kStart = 22, kCodeStart = 26, kEnvironmentStart = 50;
  constexpr std::size_t kEnvironmentEnd = 51;
  const std::string stat = read_small(fmt::format("/proc/{}/stat", pid), 4096, 4096);
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos || name_end + 2 >= stat.size()) return {};
  std::array<std::string_view, kEnvironmentEnd + 1> fields;
  std::string_view rest = std::string_view(stat).substr(name_end + 2);
  for (std::size_t field = kState; field < fields.size(); ++field) {
    fields[field] = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(fields[field].size() + 1, rest.size()));
  }
  const auto number = [&](std::size_t field) { return base::parse_integer(fields[field]).value_or(0); };
  Stat result;
  const bool kernel_thread = (static_cast<unsigned long>(number(kFlags)) & kKernelThread) != 0;
  result.alive = fields[kState] != "Z" && fields[kState] != "X" && !kernel_thread;
  result.start = number(kStart);
  const std::string_view code = fields[kCodeStart];  // Set last of all when a program starts.
  const bool hidden = code == "1";                   // The system's way to say that we may not look into this one.
  if (!result.alive || hidden) return result;
  result.environment_bytes = code == "0" ? -1 : number(kEnvironmentEnd) - number(kEnvironmentStart);
  return result;
}

struct Marks {
  bool of_session = false;
  std::optional<AttemptId> attempt;
  std::int64_t unclear_start = -1;  ///< Set if it lives and its environment is not there yet.
};

Marks read_marks(pid_t pid, const std::string& session) {
  constexpr std::size_t kOneRead = std::size_t{128} << 10;  // One read is of one program, however it goes on.
  constexpr int kReadsMax = 20;
  Marks marks;
  std::string environment;
  // A file opened just before its process becomes another program reads as empty, so emptiness is believed only of a
  // process that has no environment.
  for (int read = 0; environment.empty(); ++read) {
    environment = read_small(fmt::format("/proc/{}/environ", pid), kOneRead, kEnvironmentBytesMax);
    if (!environment.empty()) break;
    const Stat stat = read_stat(pid);
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

/// Processes of other users can neither be read nor signalled, except by root, whose programs may change their user.
bool may_be_ours(pid_t pid) {
  const uid_t user = ::geteuid();
  if (user == 0) return true;
  struct stat about {};
  return ::stat(fmt::format("/proc/{}", pid).c_str(), &about) == 0 && about.st_uid == user;
}

std::vector<pid_t> all_processes() {
  std::vector<pid_t> pids;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc"), &::closedir);
  if (!folder) return pids;
  while (const dirent* entry = ::readdir(folder.get())) {
    if (entry->d_name[0] < '1' || entry->d_name[0] > '9') continue;
    if (const auto pid = base::parse_integer(entry->d_name)) pids.push_back(static_cast<pid_t>(*pid));
  }
  return pids;
}

}  // namespace

Scan scan_processes(const std::string& session, std::span<const pid_t> groups) {
  Scan scan;
  for (const pid_t pid : all_processes()) {
    if (pid == ::getpid() || !may_be_ours(pid)) continue;
    const pid_t group = ::getpgid(pid);
    const bool in_group = group > 0 && std::find(groups.begin(), groups.end(), group) != groups.end();
    const Marks first = session.empty() ? Marks{} : read_marks(pid, session);
    scan.unclear_start = std::max(scan.unclear_start, first.unclear_start);
    if (!in_group && !first.of_session) continue;
    // The number may have passed to another process since: what is asked again below is asked of the one held here.
    Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!pidfd || !read_stat(pid).alive) continue;
    const Marks marks = session.empty() ? Marks{} : read_marks(pid, session);
    scan.unclear_start = std::max(scan.unclear_start, marks.unclear_start);
    const bool still_in_group = in_group && ::getpgid(pid) == group;
    if (!still_in_group && !marks.of_session) continue;
    scan.processes.push_back({.pid = pid, .group = group, .attempt = marks.attempt, .pidfd = std::move(pidfd)});
  }
  return scan;
}

std::int64_t process_start(pid_t pid) { return read_stat(pid).start; }

void send_signal(const FoundProcess& process, int signal) {
  ::syscall(SYS_pidfd_send_signal, process.pidfd.get(), signal, nullptr, 0);
}

bool kill_session(const std::string& session, std::chrono::milliseconds bound) {
  constexpr int kCleanScans = 2;
  if (session.empty()) return true;
  const auto end = std::chrono::steady_clock::now() + bound;
  int clean = 0;
  while (std::chrono::steady_clock::now() < end) {
    const Scan scan = scan_processes(session, {});
    for (const FoundProcess& process : scan.processes) send_signal(process, SIGKILL);
    if (!scan.processes.empty()) {
      clean = 0;
      pollfd dead{.fd = scan.processes.front().pidfd.get(), .events = POLLIN, .revents = 0};
      ::poll(&dead, 1, 100);
      continue;
    }
    if (scan.unclear_start >= 0) {
      clean = 0;
      ::poll(nullptr, 0, 2);
    } else if (++clean >= kCleanScans) {
      return true;
    }
  }
  return false;
}

std::int64_t process_memory(pid_t pid, MemoryMeasure measure) {
  if (measure == MemoryMeasure::kResident) {
    const std::string statm = read_small(fmt::format("/proc/{}/statm", pid), 4096, 4096);  // `size resident shared ...`
    const std::size_t start = statm.find(' ');
    if (start == std::string::npos) return 0;
    const auto pages =
        base::parse_integer(std::string_view(statm).substr(start + 1, statm.find(' ', start + 1) - start - 1));
    return pages.value_or(0) * ::sysconf(_SC_PAGESIZE);
  }
  const std::string rollup = read_small(fmt::format("/proc/{}/smaps_rollup", pid), 4096, 1 << 16);
  const std::size_t line = rollup.find("\nPss:");
  if (line == std::string::npos) return process_memory(pid, MemoryMeasure::kResident);
  const std::size_t digits = rollup.find_first_of("0123456789", line);
  if (digits == std::string::npos) return 0;
  const auto kilobytes =
      base::parse_integer(std::string_view(rollup).substr(digits, rollup.find(' ', digits) - digits));
  return kilobytes.value_or(0) * 1024;
}

std::int64_t out_of_memory_kills() {
  const std::string vmstat = read_small("/proc/vmstat", 4096, 1 << 17);
  constexpr std::string_view kName = "\noom_kill ";
  const std::size_t line = vmstat.find(kName);
  if (line == std::string::npos) return 0;
  const std::size_t start = line + kName.size();
  return base::parse_integer(std::string_view(vmstat).substr(start, vmstat.find('\n', start) - start)).value_or(0);
}

}  // namespace sterlet::exec
