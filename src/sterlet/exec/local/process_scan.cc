#include "sterlet/exec/local/process_scan.h"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include "sterlet/exec/local/procfs.h"

namespace sterlet::exec {

Scan scan_processes(const std::string& session) {
  Scan scan;
  if (session.empty()) return scan;
  for (const pid_t pid : list_processes().value_or(std::vector<pid_t>())) {
    const ProcessMarks first = read_marks(pid, session);
    scan.unclear_start = std::max(scan.unclear_start, first.unclear_start);
    if (!first.of_session) continue;
    // The number may have passed to another process since: what is asked again below is asked of the one held here.
    Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!pidfd || !read_stat(pid).alive) continue;
    const ProcessMarks marks = read_marks(pid, session);
    scan.unclear_start = std::max(scan.unclear_start, marks.unclear_start);
    if (marks.of_session) scan.processes.push_back({.pid = pid, .pidfd = std::move(pidfd)});
  }
  return scan;
}

bool kill_session(const std::string& session, std::chrono::milliseconds bound) {
  constexpr int kCleanScans = 2;
  if (session.empty()) return true;
  const auto end = std::chrono::steady_clock::now() + bound;
  int clean = 0;
  while (std::chrono::steady_clock::now() < end) {
    const Scan scan = scan_processes(session);
    for (const FoundProcess& process : scan.processes) {
      ::syscall(SYS_pidfd_send_signal, process.pidfd.get(), SIGKILL, nullptr, 0);
    };
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

}  // namespace sterlet::exec
