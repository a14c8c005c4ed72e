#include "sterlet/exec/local/capture.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>
#include <variant>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/base/text.h"
#include "sterlet/exec/fd.h"
#include "sterlet/exec/local/child.h"

namespace sterlet::exec {

namespace {

constexpr std::size_t kTextBytesMax = 256 * 1024;

// Ends what is left of a process group, and takes its leader's end.
class Group final {
 public:
  explicit Group(pid_t pid) : pid_(pid) {}
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;
  ~Group() {
    if (pid_ > 0) take_end();
  }
  int take_end() {
    ::kill(-pid_, SIGKILL);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = 0;
    constexpr int kSignalBase = 128;
    return WIFSIGNALED(status) ? kSignalBase + WTERMSIG(status) : WEXITSTATUS(status);
  }

 private:
  pid_t pid_;
};

// Reads what has come. False at the end of the stream.
bool read_some(int fd, std::string& text) {
  std::array<char, 16384> buffer{};
  const ssize_t count = ::read(fd, buffer.data(), buffer.size());
  if (count < 0) return errno == EINTR || errno == EAGAIN;
  text.append(buffer.data(), std::min(static_cast<std::size_t>(count), kTextBytesMax - text.size()));
  return count > 0;
}

}  // namespace

base::Result<Captured> capture_output(const std::vector<std::string>& argv, std::int64_t time_ms,
                                      const base::Clock& clock) {
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return base::fail(base::ErrorCode::kUnreachable, fmt::format("no pipe can be made ({})", std::strerror(errno)),
                      std::string(kShortageAdvice));
  }
  Fd out(ends[0]), in(ends[1]);
  STERLET_TRY(auto started, start_program({.argv = argv,
                                           .folder = ".",
                                           .environment = with_our_environment({}),
                                           .stdout_fd = in.get(),
                                           .stderr_fd = in.get()}));
  if (const auto* refused = std::get_if<NotStarted>(&started)) {
    return base::fail(base::ErrorCode::kInvalidArgument, refused->reason);
  }
  const Started& program = std::get<Started>(started);
  Group group(program.pid);
  in.reset();
  Captured captured;
  const std::int64_t deadline_ms = clock.steady_ms() + time_ms;
  // It is over once the program has ended, also where a daemon of its keeps the pipe open; what had come until then is
  // read.
  for (bool is_open = true, has_ended = false; !has_ended;) {
    const std::int64_t left_ms = deadline_ms - clock.steady_ms();
    if (left_ms <= 0) {
      return base::fail(base::ErrorCode::kTimeout,
                        fmt::format("'{}' was still running after {}, so it was ended",
                                    base::printable(fmt::format("{}", fmt::join(argv, " "))),
                                    base::duration_text(static_cast<double>(time_ms) / 1000)));
    }
    std::array<pollfd, 2> polled{pollfd{.fd = is_open ? out.get() : -1, .events = POLLIN, .revents = 0},
                                 pollfd{.fd = program.pidfd.get(), .events = POLLIN, .revents = 0}};
    if (::poll(polled.data(), polled.size(), static_cast<int>(left_ms)) < 0 && errno != EINTR) break;
    if (polled[0].revents != 0) {
      is_open = read_some(out.get(), captured.text);
    } else {
      has_ended = polled[1].revents != 0;
    }
  }
  captured.exit_code = group.take_end();
  return captured;
}

}  // namespace sterlet::exec
