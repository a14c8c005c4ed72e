#include "sterlet/exec/local/child.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/exec/local/ending.h"

namespace sterlet::exec {

namespace {

using base::ErrorCode;
using base::fail;
using base::Result;

constexpr unsigned kCloseOnExec = 4;  // CLOSE_RANGE_CLOEXEC, which older headers lack.

enum class Stage : int { kFolder, kExec };

/// What a child that could not become its program leaves in the status pipe.
struct Failure {
  Stage stage;
  int number;
};

/// Everything the child needs, made before the fork: after it, only async-signal-safe calls are allowed.
struct Prepared {
  std::string path;
  const char* folder = nullptr;
  std::vector<char*> argv;
  std::vector<std::string> environment_texts;
  std::vector<char*> environment;
  Fd null, out, err, status;
  pid_t parent = 0;
};

[[noreturn]] void give_up(int status, Stage stage) {
  const Failure failure{.stage = stage, .number = errno};
  // A write this small into an empty pipe cannot be cut.
  if (::write(status, &failure, sizeof(failure)) < 0) ::_exit(126);
  ::_exit(127);
}

[[noreturn]] void become(const Prepared& prepared) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != prepared.parent) ::_exit(127);  // It died before the line above.
  struct sigaction plain {};
  plain.sa_handler = SIG_DFL;
  for (int signal = 1; signal <= SIGRTMAX; ++signal) ::sigaction(signal, &plain, nullptr);
  sigset_t none;
  sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
  ::dup2(prepared.null.get(), 0);
  ::dup2(prepared.out.get(), 1);
  ::dup2(prepared.err.get(), 2);
  ::syscall(SYS_close_range, 3U, std::numeric_limits<unsigned>::max(), kCloseOnExec);
  if (::chdir(prepared.folder) != 0) give_up(prepared.status.get(), Stage::kFolder);
  ::execve(prepared.path.c_str(), prepared.argv.data(), prepared.environment.data());
  give_up(prepared.status.get(), Stage::kExec);
}

bool is_program(const std::string& path) {
  struct stat about {};
  return ::stat(path.c_str(), &about) == 0 && S_ISREG(about.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

std::string in_folder(const std::string& folder, const std::string& path) {
  return path.starts_with('/') ? path : folder + "/" + path;
}

/// Where execvp would find it, from the program's folder and with its PATH.
std::optional<std::string> find_program(const Program& program) {
  const std::string& name = program.argv.front();
  if (name.find('/') != std::string::npos) return name;
  std::string_view path = "/usr/local/bin:/usr/bin:/bin";
  for (const auto& [key, value] : program.environment) {
    if (key == "PATH") path = value;
  }
  for (bool more = true; more;) {
    const std::size_t end = path.find(':');
    const std::string_view part = path.substr(0, end);
    std::string candidate = (part.empty() ? std::string(".") : std::string(part)) + "/" + name;
    if (is_program(in_folder(program.folder, candidate))) return candidate;
    more = end != std::string_view::npos;
    if (more) path.remove_prefix(end + 1);
  }
  return std::nullopt;
}

bool exists(const std::string& path) {
  struct stat about {};
  return ::stat(path.c_str(), &about) == 0;
}

/// Without its line feed; what is longer than the system reads of a #! is cut.
std::string first_line(const std::string& path) {
  constexpr std::size_t kReadMax = 256;
  std::string text(kReadMax, '\0');
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  const ssize_t got = file ? ::read(file.get(), text.data(), text.size()) : -1;
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text.substr(0, text.find('\n'));
}

/// What execve would say of a program with this path; 0: nothing against it.
int exec_error(const std::string& path) {
  struct stat about {};
  if (::stat(path.c_str(), &about) != 0) return errno;
  if (!S_ISREG(about.st_mode) || ::access(path.c_str(), X_OK) != 0) return EACCES;
  const std::string line = first_line(path);
  if (::access(path.c_str(), R_OK) != 0 || line.starts_with("\x7f"
                                                            "ELF"))
    return 0;
  if (!line.starts_with("#!")) return line.find('\0') == std::string::npos ? ENOEXEC : 0;  // Of a form we do not know.
  const std::size_t begin = line.find_first_not_of(" \t", 2);
  if (begin == std::string::npos) return ENOEXEC;
  const std::string interpreter = line.substr(begin, line.find_first_of(" \t", begin) - begin);
  return ::access(interpreter.c_str(), X_OK) != 0 ? errno : 0;
}

bool is_folder(const std::string& path) {
  struct stat about {};
  return ::stat(path.c_str(), &about) == 0 && S_ISDIR(about.st_mode);
}

std::string explain(const Program& program, const Failure& failure) {
  const std::string name = base::printable(program.argv.front());
  const std::string folder = base::printable(program.folder);
  if (failure.stage == Stage::kFolder) {
    return fmt::format("{}: cannot work in this folder ({}); make it, or name another one", folder,
                       std::strerror(failure.number));
  }
  switch (failure.number) {
    case ENOENT:
      if (exists(in_folder(program.folder, program.argv.front()))) {
        if (const auto line = first_line(in_folder(program.folder, program.argv.front())); line.ends_with('\r')) {
          return fmt::format(
              "{}: its first line ends with a carriage return, as files written on Windows do; remove those, as by "
              "sed -i 's/\\r$//' {}",
              name, name);
        }
        return fmt::format(
            "{}: what its first line (#!) names is not there; install it, or write the interpreter "
            "before it in the command",
            name);
      }
      if (name.starts_with('~')) {
        return fmt::format("{}: no such program, as shells alone know what ~ is; write the whole path in the command",
                           name);
      }
      return fmt::format("{}: no such program in {}; check its path in the command", name, folder);
    case EACCES:
      if (is_folder(in_folder(program.folder, program.argv.front())))
        return fmt::format("{}: a folder, not a program; write the path of a program in it", name);
      return fmt::format(
          "{}: not a program one may run; make it one with chmod +x, or write its interpreter before "
          "it in the command",
          name);
    case ENOEXEC:
      return fmt::format(
          "{}: not in a form this system can run; begin it with a line like #!/bin/sh, or write its "
          "interpreter before it in the command",
          name);
    case E2BIG:
      return fmt::format(
          "{}: its arguments and environment are too long for the system; pass the parameters by the "
          "file STERLET_PARAMS names",
          name);
    default:
      return fmt::format("{}: the system cannot start it ({})", name, std::strerror(failure.number));
  }
}

// What a shell does itself, so that no program has the name.
constexpr std::array<std::string_view, 7> kOfShells = {"cd", "export", "source", ".", "alias", "set", "ulimit"};

bool is_assignment(std::string_view word) {
  const std::string_view name = word.substr(0, word.find('='));
  return name.size() < word.size() && !name.empty() &&
         name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
}

std::string no_such_program(const Program& program) {
  const std::string& name = program.argv.front();
  const std::string shown = base::printable(name);
  if (std::find(kOfShells.begin(), kOfShells.end(), name) != kOfShells.end()) {
    return fmt::format(
        "{}: a shell does that, and no shell is involved; give one the whole line, as in [sh, -c, 'cd src && exec "
        "python3 train.py']",
        shown);
  }
  if (is_assignment(name)) {
    return fmt::format("{}: no such program; variables are set by env, as in [env, {}, python3, train.py]", shown,
                       shown);
  }
  if (name.find(' ') != std::string::npos) {
    return fmt::format("{}: no such program; write each word by itself, as in [python3, train.py]", shown);
  }
  if (exists(in_folder(program.folder, name))) {  // A name without a slash is looked for on PATH alone.
    const bool is_python = name.ends_with(".py");
    return fmt::format(
        "{0}: no such program, but a file in {1}; write {2}", shown, base::printable(program.folder),
        is_python ? fmt::format("[python3, {}]", shown)
                  : fmt::format("./{0} if it may be run, or its interpreter before it, as in [sh, {0}]", shown));
  }
  return fmt::format("{}: no such program; install it, or write its path in the command", shown);
}

/// Something that can be said before any process is made.
std::optional<std::string> refuse(const Program& program) {
  if (program.argv.empty() || program.argv.front().empty()) return "the command is empty; name a program in it";
  for (std::size_t i = 0; i < program.argv.size(); ++i) {
    if (program.argv[i].find('\0') == std::string::npos) continue;
    return fmt::format("{}: argument {} holds a NUL byte, which no program can be given",
                       base::printable(program.argv.front()), i);
  }
  for (const auto& [name, value] : program.environment) {
    if (!name.empty() && name.find('=') == std::string::npos && (name + value).find('\0') == std::string::npos)
      continue;
    return fmt::format("'{}': cannot be a variable of the environment; use a name without '=' and no NUL bytes",
                       base::printable(name));
  }
  return std::nullopt;
}

Fd copy_above_standard(int fd) { return Fd(::fcntl(fd, F_DUPFD_CLOEXEC, 3)); }

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  // execve takes char* for reasons of history and changes nothing.
  for (const std::string& text : texts) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

}  // namespace

Environment with_our_environment(const Environment& added) {
  Environment result;
  const auto put = [&](std::string name, std::string value) {
    const auto same =
        std::find_if(result.begin(), result.end(), [&](const auto& entry) { return entry.first == name; });
    if (same == result.end()) {
      result.emplace_back(std::move(name), std::move(value));
    } else {
      same->second = std::move(value);
    }
  };
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    const std::string_view name = text.substr(0, equals);
    constexpr std::array<std::string_view, 13> kMarks = {
        "STERLET_TRIAL",   "STERLET_ATTEMPT", "STERLET_PARAMS",         "STERLET_SEED",       "STERLET_RESUME",
        "STERLET_CHANNEL", "STERLET_SESSION", "STERLET_CHECKPOINT_DIR", "STERLET_SKIP_STEPS", "STERLET_PARAMS_EXACT",
        "STERLET_AGENDA",  "STERLET_UNSENT",  "STERLET_INACTIVE"};
    if (std::find(kMarks.begin(), kMarks.end(), name) != kMarks.end()) continue;
    put(std::string(name), std::string(text.substr(equals + 1)));
  }
  for (const auto& [name, value] : added) put(name, value);
  return result;
}

namespace {

// Why an interpreter cannot read the script that it is given.
std::optional<std::string> script_fault(const Program& program) {
  const std::string script = script_of(program.argv);
  if (script.empty()) return std::nullopt;
  const std::string name = base::printable(script);
  const std::string place = in_folder(program.folder, script);
  struct stat about {};
  if (::stat(place.c_str(), &about) != 0) {
    return fmt::format("{}: no such script in {}; check its path in the command", name,
                       base::printable(program.folder));
  }
  if (::access(place.c_str(), R_OK) != 0) {
    return fmt::format("{}: this script cannot be read ({}); allow it with chmod +r", name, std::strerror(errno));
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> why_not_startable(const Program& program) {
  if (auto refusal = refuse(program)) return refusal;
  struct stat about {};
  if (::stat(program.folder.c_str(), &about) != 0) return explain(program, {.stage = Stage::kFolder, .number = errno});
  const auto path = find_program(program);
  if (!path) return no_such_program(program);
  if (const int error = exec_error(in_folder(program.folder, *path)); error != 0) {
    return explain(program, {.stage = Stage::kExec, .number = error});
  }
  return script_fault(program);
}

Result<std::variant<Started, NotStarted>> start_program(const Program& program) {
  using Outcome = std::variant<Started, NotStarted>;
  const auto no_process = [] {
    return fail(ErrorCode::kUnreachable, fmt::format("cannot start a process ({})", std::strerror(errno)),
                std::string(kShortageAdvice));
  };
  if (const auto refusal = refuse(program)) return Outcome(NotStarted{*refusal});
  const auto path = find_program(program);
  if (!path) return Outcome(NotStarted{no_such_program(program)});
  // Its interpreter would start, and end at once.
  if (const auto fault = script_fault(program)) return Outcome(NotStarted{*fault});
  Prepared prepared;
  prepared.path = *path;
  prepared.folder = program.folder.c_str();
  prepared.argv = pointers(program.argv);
  for (const auto& [name, value] : program.environment) prepared.environment_texts.push_back(name + "=" + value);
  prepared.environment = pointers(prepared.environment_texts);
  prepared.parent = ::getpid();
  std::array<int, 2> status{};
  if (::pipe2(status.data(), O_CLOEXEC) != 0) return no_process();
  const Fd status_read(status[0]);
  {
    const Fd status_write(status[1]);
    const Fd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    prepared.status = copy_above_standard(status_write.get());
    prepared.null = copy_above_standard(null.get());
    prepared.out = copy_above_standard(program.stdout_fd);
    prepared.err = copy_above_standard(program.stderr_fd);
  }
  if (!prepared.status || !prepared.null || !prepared.out || !prepared.err) return no_process();

  // No handler of ours may run in the child.
  sigset_t all, before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = ::fork();
  if (pid == 0) become(prepared);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) return no_process();
  prepared.status.reset();

  Failure failure{};
  ssize_t got = 0;
  do {
    got = ::read(status_read.get(), &failure, sizeof(failure));
  } while (got < 0 && errno == EINTR);
  const auto reap = [pid] {
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
  };
  if (got == static_cast<ssize_t>(sizeof(failure))) {
    reap();
    return Outcome(NotStarted{explain(program, failure)});
  }
  Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));  // Close-on-exec by itself.
  if (!pidfd) {
    const int number = errno;
    ::kill(-pid, SIGKILL);
    reap();
    errno = number;
    return no_process();
  }
  return Outcome(Started{.pid = pid, .pidfd = std::move(pidfd)});
}

}  // namespace sterlet::exec
