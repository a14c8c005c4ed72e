#include "sterlet/exec/local/reaper.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <utility>

#include "sterlet/exec/fd.h"
#include "sterlet/exec/local/procfs.h"

namespace sterlet::exec {

namespace {

constexpr std::size_t kFamilyMax = 100'000;
constexpr int kLooksMax = 100;

/// Whether errno says that we, not the system, are short of something.
bool ran_short() { return errno == EMFILE || errno == ENFILE || errno == ENOMEM; }

std::optional<std::vector<pid_t>> children_of(pid_t parent) {
  auto children = list_children(parent);
  if (children || errno != ENOENT) return children;
  return search_children(parent);
}

/// Whether a child of ours has ended; it stays to be waited for.
bool has_ended(pid_t pid) {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid;
}

void reap(pid_t pid) {
  while (::waitpid(pid, nullptr, WNOHANG) < 0 && errno == EINTR) {
  }
}

/// Whose an orphan without any mark is: the only family's that is older than it.
std::optional<AttemptId> only_older(std::span<const Reaper::Family> families, std::int64_t start) {
  std::optional<AttemptId> found;
  for (const Reaper::Family& family : families) {
    if (family.start > start) continue;
    if (found) return std::nullopt;
    found = family.attempt;
  }
  return found;
}

/// When a child of ours was born; if that is hidden from us, it may be anybody's.
std::int64_t birth(pid_t pid) {
  const std::int64_t start = read_stat(pid).start;
  return start < 0 ? std::numeric_limits<std::int64_t>::max() : start;
}

}  // namespace

Reaper::Reaper(std::string session) : session_(std::move(session)) {
  int was = 0;
  ::prctl(PR_GET_CHILD_SUBREAPER, &was);
  was_subreaper_ = was != 0;
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  ::sigaction(SIGCHLD, nullptr, &was_child_);
  if (was_child_.sa_handler == SIG_IGN) ::signal(SIGCHLD, SIG_DFL);
}

Reaper::~Reaper() {
  ::prctl(PR_SET_CHILD_SUBREAPER, was_subreaper_ ? 1 : 0);
  ::sigaction(SIGCHLD, &was_child_, nullptr);
}

OrphanScan Reaper::look(std::span<const Family> families, pid_t guardian) const {
  // One that died may have left children to us behind the look's back, where the system keeps no lists: look again.
  for (int looks = 0; looks < kLooksMax; ++looks) {
    bool reaped = false;
    OrphanScan scan = look_once(families, guardian, reaped);
    if (!reaped) return scan;
  }
  return {.orphans = {}, .unclear_start = -1, .complete = false};
}

OrphanScan Reaper::look_once(std::span<const Family> families, pid_t guardian, bool& reaped) const {
  OrphanScan scan;
  const auto children = children_of(::getpid());
  if (!children) {
    scan.complete = !ran_short();
    return scan;
  }
  const pid_t our_group = ::getpgrp();
  for (const pid_t pid : *children) {
    const auto is_leader = [&](const Family& family) { return family.leader == pid; };
    if (pid == guardian || std::any_of(families.begin(), families.end(), is_leader)) continue;
    const pid_t group = ::getpgid(pid);
    if (group == our_group) continue;
    if (has_ended(pid)) {
      reap(pid);
      reaped = true;
      continue;
    }
    const auto in_group =
        std::find_if(families.begin(), families.end(), [&](const Family& f) { return f.leader == group; });
    if (in_group != families.end()) {
      scan.orphans.push_back({.pid = pid, .attempt = in_group->attempt});
      continue;
    }
    const ProcessMarks marks = read_marks(pid, session_);
    if (marks.unclear_start >= 0) {
      scan.unclear_start = std::max(scan.unclear_start, marks.unclear_start);
    } else if (marks.attempt) {
      scan.orphans.push_back({.pid = pid, .attempt = marks.attempt});
    } else {
      scan.orphans.push_back({.pid = pid, .attempt = only_older(families, birth(pid))});
    }
  }
  return scan;
}

bool Reaper::kill_all(std::int64_t start, pid_t guardian, std::chrono::milliseconds bound) const {
  const auto end = std::chrono::steady_clock::now() + bound;
  while (std::chrono::steady_clock::now() < end) {
    const OrphanScan scan = look({}, guardian);
    bool any = scan.unclear_start >= start || !scan.complete;
    for (const Orphan& orphan : scan.orphans) {
      if (birth(orphan.pid) < start) continue;
      any = true;
      signal_family(orphan.pid, SIGKILL);
    }
    if (!any) return true;
    ::poll(nullptr, 0, 2);
  }
  return false;
}

std::vector<pid_t> family_tree(pid_t root) {
  std::vector<pid_t> family{root};
  for (std::size_t i = 0; i < family.size() && family.size() < kFamilyMax; ++i) {
    // Without lists, one search a process would be too many; the root stands for its family then.
    if (const auto children = list_children(family[i])) family.insert(family.end(), children->begin(), children->end());
  }
  return family;
}

void signal_family(pid_t orphan, int signal) {
  const std::vector<pid_t> family = family_tree(orphan);
  ::kill(orphan, signal);  // Its number is its own until we reap it; those of the others may pass on meanwhile.
  for (std::size_t i = 1; i < family.size(); ++i) {
    const Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, family[i], 0)));
    const pid_t parent = read_stat(family[i]).parent;
    const bool is_of_family = parent == ::getpid() || std::find(family.begin(), family.end(), parent) != family.end();
    if (pidfd && is_of_family) ::syscall(SYS_pidfd_send_signal, pidfd.get(), signal, nullptr, 0);
  }
}

}  // namespace sterlet::exec
