#include "sterlet/exec/local/guardian.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <limits>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "sterlet/exec/local/process_scan.h"
#include "sterlet/exec/local/socket_folder.h"

namespace sterlet::exec {

namespace {

using base::ErrorCode;
using base::fail;

constexpr auto kKillBound = std::chrono::seconds(60);
constexpr int kDismissMs = 2'000;
constexpr int kReadyMs = 5'000;
constexpr char kReady = 'r';

/// A process shows the environment it was started with. If we run inside a trial of another Sterlet, that holds the
/// other's mark, and its end must not take our guardian before our own trials are gone.
void hide_marks() {
  constexpr std::string_view kMark = "STERLET_SESSION=";
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    if (std::string_view(*entry).starts_with(kMark)) std::memset(*entry, 'x', std::strlen(*entry));
  }
}

void close_all_but(int kept) {
  const auto last = std::numeric_limits<unsigned>::max();
  ::syscall(SYS_close_range, 0U, static_cast<unsigned>(kept - 1), 0U);
  ::syscall(SYS_close_range, static_cast<unsigned>(kept + 1), last, 0U);
  for (int fd = 0; fd < 3; ++fd) {
    if (::open("/dev/null", O_RDWR) < 0) return;
  }
}

[[noreturn]] void guard(int line, const std::string& session) {
  ::setsid();
  ::prctl(PR_SET_NAME, "sterlet-guard");
  hide_marks();
  close_all_but(line);
  if (::chdir("/") != 0) ::_exit(1);
  char word = kReady;
  ssize_t got = ::send(line, &word, 1, MSG_NOSIGNAL);
  do {
    got = ::read(line, &word, 1);
  } while (got < 0 && errno == EINTR);
  if (got > 0) ::_exit(0);
  kill_session(session, kKillBound);
  remove_socket_folders(session);
  ::_exit(0);
}

}  // namespace

base::Result<Guardian> Guardian::start(const std::string& session) {
  // A socket, not a pipe: writing to a guardian that somebody killed must not raise SIGPIPE here.
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return fail(ErrorCode::kUnreachable, fmt::format("cannot make a socket ({})", std::strerror(errno)));
  }
  Fd ours(ends[0]);
  Fd theirs(ends[1]);
  Fd high(::fcntl(theirs.get(), F_DUPFD_CLOEXEC, 3));  // Out of the way of 0, 1 and 2.
  if (!high) return fail(ErrorCode::kUnreachable, fmt::format("cannot copy a descriptor ({})", std::strerror(errno)));
  // The guardian is born with every signal blocked and keeps them so: nothing but KILL ends it.
  sigset_t all, before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = ::fork();
  if (pid == 0) guard(high.get(), session);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) return fail(ErrorCode::kUnreachable, fmt::format("cannot start a process ({})", std::strerror(errno)));
  Guardian guardian(pid, std::move(ours));
  theirs.reset();
  high.reset();
  // Until it has left our process group, what kills the group would kill both, and nobody would clean up. One that was
  // stopped meanwhile comes later.
  pollfd ready{.fd = guardian.line_.get(), .events = POLLIN, .revents = 0};
  char word = 0;
  if (::poll(&ready, 1, kReadyMs) > 0 && ::recv(guardian.line_.get(), &word, 1, 0) != 1) {
    return fail(ErrorCode::kUnreachable, "the process that guards the trials ended at once",
                "run the same command again");
  }
  return guardian;
}

bool Guardian::is_awake() const {
  siginfo_t info{};
  if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WSTOPPED | WNOHANG | WNOWAIT) != 0) return false;
  if (info.si_pid != pid_) return true;
  if (info.si_code != CLD_STOPPED) return false;
  ::kill(pid_, SIGCONT);
  return true;
}

Guardian::~Guardian() {
  if (!line_) return;
  const char word = 'q';
  ::send(line_.get(), &word, 1, MSG_NOSIGNAL);
  const Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  pollfd gone{.fd = pidfd.get(), .events = POLLIN, .revents = 0};
  if (!pidfd || ::poll(&gone, 1, kDismissMs) <= 0) ::kill(pid_, SIGKILL);  // Stopped by somebody, say.
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace sterlet::exec
