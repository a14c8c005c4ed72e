#include "sterlet/exec/local/ending.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "sterlet/base/pattern.h"
#include "sterlet/base/result.h"
#include "sterlet/base/text.h"
#include "sterlet/base/utf8.h"
#include "sterlet/exec/fd.h"
#include "sterlet/exec/local/telling_line.h"

namespace sterlet::exec {

namespace {

constexpr std::size_t kShownMax = 200;
constexpr int kShellSignalBase = 128;  // A shell whose program was killed by signal n exits with 128 + n.

/// "0.3 s", "312 s".
std::string seconds_text(double seconds) {
  return seconds < 9.95 ? fmt::format("{:.1f} s", seconds) : fmt::format("{:.0f} s", seconds);
}

std::string memory_text(std::int64_t bytes) {
  const double megabytes = static_cast<double>(bytes) / (1024.0 * 1024.0);
  return megabytes < 1024 ? fmt::format("{:.0f} MiB", megabytes) : fmt::format("{:.1f} GiB", megabytes / 1024);
}

std::string cut(std::string text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  return std::string(base::first_bytes(text, bytes_max)) + "...";
}

std::string with_last_line(const std::string& sentence, const std::string& stderr_log) {
  constexpr std::size_t kLinesMax = 100;  // A stack of Java's is long.
  const std::string line = telling_line(last_lines(stderr_log, kLinesMax));
  return line.empty() ? sentence : sentence + ": " + line;
}

}  // namespace

std::string_view text_of(Cause cause) {
  switch (cause) {
    case Cause::kFinished:
      return "finished";
    case Cause::kError:
      return "error";
    case Cause::kOutOfMemory:
      return "out of memory";
    case Cause::kTimeLimit:
      return "time limit";
    case Cause::kSignal:
      return "signal";
    case Cause::kStopped:
      return "stopped";
    case Cause::kNotStarted:
      return "not started";
    case Cause::kUnheard:
      return "unheard";
    case Cause::kNodeLost:
      return "node lost";
  }
  base::stop(__FILE__, __LINE__, "cause", "a cause without a text");
}

Event::Exited explain_ending(const Ending& ending) {
  Event::Exited exited{.cause = Cause::kFinished, .code = ending.code, .seconds = ending.seconds, .reason = {}};
  const std::string time = seconds_text(ending.seconds);
  const bool killed = ending.signalled ? ending.code == SIGKILL : ending.code == kShellSignalBase + SIGKILL;
  if (ending.memory_used) {
    exited.cause = Cause::kOutOfMemory;
    exited.reason =
        fmt::format("{} used {} of memory, more than its limit of {}, and was killed after {}", ending.program,
                    memory_text(*ending.memory_used), memory_text(ending.memory_limit), time);
  } else if (ending.time_limit) {
    exited.cause = Cause::kTimeLimit;
    exited.reason = fmt::format("{} was ended after {}, its time limit being {}", ending.program, time,
                                seconds_text(*ending.time_limit));
  } else if (ending.stopped) {
    exited.cause = Cause::kStopped;
    exited.reason =
        ending.stop_reason.empty() ? fmt::format("{} was stopped after {}", ending.program, time) : ending.stop_reason;
  } else if (killed && ending.system_out_of_memory) {
    exited.cause = Cause::kOutOfMemory;
    exited.reason = fmt::format(
        "{} was killed by the system after {} because memory ran out; give it less to hold, "
        "or run fewer workers",
        ending.program, time);
  } else if (ending.signalled && ending.code == SIGKILL) {
    exited.cause = Cause::kSignal;
    exited.reason =
        fmt::format("{} was killed by signal 9 after {}, often a sign of too little memory", ending.program, time);
  } else if (ending.signalled) {
    exited.cause = Cause::kSignal;
    const char* name = ::sigdescr_np(ending.code);
    exited.reason = with_last_line(fmt::format("{} was killed by signal {} ({}) after {}", ending.program, ending.code,
                                               name == nullptr ? "unknown" : name, time),
                                   ending.stderr_log);
  } else if (ending.code != 0) {
    exited.cause = Cause::kError;
    exited.reason = with_last_line(
        fmt::format("{} ended with exit code {} after {}", ending.program, ending.code, time), ending.stderr_log);
  } else if (ending.unsent) {
    exited.cause = Cause::kUnheard;
    exited.reason = fmt::format(
        "{} finished after {}, but its last messages never came, because Sterlet did not listen meanwhile (was it "
        "stopped?); so its result is not known",
        ending.program, time);
  } else {
    exited.reason = fmt::format("{} finished after {}", ending.program, time);
  }
  return exited;
}

std::string script_of(const std::vector<std::string>& argv) {
  if (argv.size() < 2 || argv[1].empty() || argv[1].starts_with('-')) return {};
  const std::string_view base = std::string_view(argv.front()).substr(argv.front().rfind('/') + 1);
  constexpr std::array<std::string_view, 10> kInterpreters = {"python", "Rscript", "julia", "bash", "sh",
                                                              "dash",   "node",    "perl",  "ruby", "pypy"};
  const bool is_interpreter = std::any_of(kInterpreters.begin(), kInterpreters.end(), [&](std::string_view known) {
    // python3 and python3.11 are python.
    return base.starts_with(known) && base.find_first_not_of("0123456789.", known.size()) == std::string_view::npos;
  });
  return is_interpreter ? argv[1] : std::string();
}

std::string program_name(const std::vector<std::string>& argv) {
  if (argv.empty()) return "the program";
  std::string name = argv.front();
  if (const std::string script = script_of(argv); !script.empty()) name += " " + script;
  return cut(base::printable(name), 80);
}

std::vector<std::string> last_lines(const std::string& path, std::size_t count) {
  constexpr std::size_t kTail = 16384;
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return {};
  const off_t size = ::lseek(file.get(), 0, SEEK_END);
  if (size <= 0) return {};
  std::string tail(std::min(kTail, static_cast<std::size_t>(size)), '\0');
  const ssize_t got = ::pread(file.get(), tail.data(), tail.size(), size - static_cast<off_t>(tail.size()));
  if (got <= 0) return {};
  tail.resize(static_cast<std::size_t>(got));
  std::vector<std::string> lines;
  while (lines.size() < count) {
    const std::size_t end = tail.find_last_not_of(" \t\r\n\f\v");
    if (end == std::string::npos) break;
    const std::size_t before = tail.find_last_of("\r\n", end);
    const std::size_t start = before == std::string::npos ? 0 : before + 1;
    const std::string line = tail.substr(start, end + 1 - start);
    lines.push_back(cut(base::printable(base::without_colours(line.substr(line.find_first_not_of(" \t")))), kShownMax));
    tail.resize(start);
  }
  std::reverse(lines.begin(), lines.end());
  return lines;
}

}  // namespace sterlet::exec
