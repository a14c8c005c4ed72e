#include "sterlet/context/program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <utility>

#include <fmt/format.h>

#include "sterlet/base/text.h"

extern char** environ;

namespace sterlet::context {

namespace {

using base::ErrorCode;
using base::Result;
using Clock = std::chrono::steady_clock;

constexpr int kPollMs = 50;
constexpr std::size_t kFamilyMax = 10'000;

class Pipe final {
 public:
  Pipe() { is_open_ = ::pipe2(ends_.data(), O_CLOEXEC) == 0; }
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  bool is_open() const { return is_open_; }
  int out() const { return ends_[0]; }
  int in() const { return ends_[1]; }
  void close_end(std::size_t end) {
    if (ends_[end] >= 0) ::close(std::exchange(ends_[end], -1));
  }

 private:
  std::array<int, 2> ends_{-1, -1};
  bool is_open_ = false;
};

// What is read of one stream.
struct Stream {
  int fd;
  std::string text;
  std::size_t bytes_max;
  bool is_last_kept;  // Of a long text the end is kept, not the beginning.
  bool is_over = false;

  void read_some() {
    std::array<char, 65536> buffer{};
    const ssize_t count = ::read(fd, buffer.data(), buffer.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (count <= 0) {
      is_over = true;
      return;
    }
    text.append(buffer.data(), static_cast<std::size_t>(count));
    if (text.size() <= bytes_max) return;
    if (is_last_kept) {
      text.erase(0, text.size() - bytes_max);
    } else {
      text.resize(bytes_max);
    }
  }
};

// A process and what descends from it, as far as the system lists children.
std::vector<pid_t> family_of(pid_t root) {
  std::vector<pid_t> family{root};
  for (std::size_t i = 0; i < family.size() && family.size() < kFamilyMax; ++i) {
    std::ifstream list(fmt::format("/proc/{0}/task/{0}/children", family[i]));
    for (pid_t child = 0; list >> child;) family.push_back(child);
  }
  return family;
}

void kill_family(pid_t root) {
  for (const pid_t pid : family_of(root)) ::kill(pid, SIGKILL);
}

std::string last_line(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  const std::size_t start = text.rfind('\n');
  return base::printable(start == std::string_view::npos ? text : text.substr(start + 1));
}

Result<pid_t> start(const std::vector<std::string>& argv, const std::string& folder, const Pipe& out, const Pipe& err) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out.in(), 1);
  posix_spawn_file_actions_adddup2(&actions, err.in(), 2);
  if (!folder.empty()) posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  // A run blocks the signals that it reads by a descriptor; a program must not inherit that.
  sigset_t none, plain;
  sigemptyset(&none);
  sigfillset(&plain);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &plain);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::vector<char*> words;
  for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  pid_t pid = 0;
  const int code = posix_spawnp(&pid, words.front(), &actions, &attributes, words.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (code == 0) return pid;
  return base::fail(ErrorCode::kNotFound, fmt::format("it cannot be started ({})", std::strerror(code)));
}

}  // namespace

Result<std::string> run_program(const std::vector<std::string>& argv, const std::string& folder,
                                const ProgramLimits& limits, const std::atomic<bool>& is_cancelled) {
  constexpr std::size_t kErrorBytesMax = 4096;
  if (argv.empty()) return base::fail(ErrorCode::kInvalidArgument, "there is no program to run");
  Pipe out, err;
  if (!out.is_open() || !err.is_open()) {
    return base::fail(ErrorCode::kNotFound, fmt::format("it cannot be started ({})", std::strerror(errno)));
  }
  STERLET_TRY(const pid_t pid, start(argv, folder, out, err));
  out.close_end(1);
  err.close_end(1);
  std::array<Stream, 2> streams{Stream{.fd = out.out(), .bytes_max = limits.bytes, .is_last_kept = false},
                                Stream{.fd = err.out(), .bytes_max = kErrorBytesMax, .is_last_kept = true}};
  const auto end = Clock::now() + std::chrono::milliseconds(static_cast<std::int64_t>(limits.seconds * 1000));
  bool is_late = false, has_ended = false;
  int status = 0;
  // What it started may hold the streams open after its end: the end of the program itself counts.
  while (!has_ended || !(streams[0].is_over && streams[1].is_over)) {
    std::array<pollfd, 2> polled{};
    for (std::size_t i = 0; i < polled.size(); ++i)
      polled[i] = {.fd = streams[i].is_over ? -1 : streams[i].fd, .events = POLLIN, .revents = 0};
    const int ready = ::poll(polled.data(), polled.size(), kPollMs);
    for (std::size_t i = 0; i < polled.size(); ++i) {
      if (polled[i].revents != 0) streams[i].read_some();
    }
    if (!has_ended && ::waitpid(pid, &status, WNOHANG) == pid) {
      has_ended = true;
      continue;
    }
    if (has_ended && ready == 0) break;
    if (is_cancelled || (is_late = Clock::now() >= end)) {
      kill_family(pid);
      while (!has_ended && ::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
      }
      break;
    }
  }
  if (is_late) {
    return base::fail(ErrorCode::kTimeout,
                      fmt::format("it was ended as it took longer than {}", base::duration_text(limits.seconds)));
  }
  if (is_cancelled) return base::fail(ErrorCode::kInterrupted, "it was interrupted");
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return std::move(streams[0].text);
  const std::string told = last_line(streams[1].text.empty() ? streams[0].text : streams[1].text);
  return base::fail(ErrorCode::kInvalidArgument,
                    fmt::format("it ended with {}{}{}",
                                WIFEXITED(status) ? fmt::format("exit code {}", WEXITSTATUS(status))
                                                  : fmt::format("signal {}", WTERMSIG(status)),
                                told.empty() ? "" : ": ", told));
}

}  // namespace sterlet::context
