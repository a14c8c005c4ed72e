#include "sterlet/run/cures.h"

#include <array>
#include <cstddef>

#include <fmt/format.h>

#include "sterlet/base/text.h"

namespace sterlet::run {

namespace {

struct Cure {
  std::string_view said;  // In the line of a program that says why it failed.
  std::string_view next;
};
constexpr std::array kCures{
    Cure{"No module named 'sterlet'", "write the client beside the program: sterlet client python > sterlet.py"},
    Cure{"sterlet.hpp: No such file", "write the client beside the program: sterlet client cpp > sterlet.hpp"},
    Cure{"No module named",
         "install it for the Python of the command, or begin the command with the Python that has it, "
         "as .venv/bin/python"},
    Cure{
        "there is no package called",
        "install it for the R of the command, as by Rscript -e 'install.packages(\"NAME\")', or begin the command with "
        "the Rscript that has it"},
    Cure{"in @INC", "install it, as by cpan, or say where it is, as in [perl, -Ilib, train.pl]"},
    Cure{"Cannot find module", "install it beside the script, as by npm install"},
    Cure{"ClassNotFoundException", "compile it, or say by -cp where it is, from the study file's folder"},
    Cure{"Unable to access jarfile", "build it, or write its path from the study file's folder"},
    Cure{"Package not found in current path", "add it, or name its environment, as in [julia, --project=., train.jl]"},
    Cure{"No rule to make target",
         "name a target of the Makefile in the study file's folder, or say where it is, as in [make, -C, DIR, train]"},
    Cure{"conda init",
         "begin the command with the environment's own Python, as envs/NAME/bin/python, or with [conda, "
         "run, --no-capture-output, -n, NAME]"},
    Cure{"the Docker daemon", "start Docker, or give this user the right to use it"},
    Cure{"docker daemon", "start Docker, or give this user the right to use it"},
    Cure{"docker.sock", "start Docker, or give this user the right to use it"},
    Cure{"unrecognized arguments", "name the options in the command as the program does"},
    Cure{"unrecognized option", "name the options in the command as the program does"},
    Cure{"no such option", "name the options in the command as the program does"},
    Cure{"No such option", "name the options in the command as the program does"},
    Cure{"unknown option", "name the options in the command as the program does"},
    Cure{"invalid int value", "a parameter that must be whole needs type: int"},
    Cure{"EOFError", "a trial has no terminal to be asked at: give the answer in the command"},
    Cure{"/dev/tty", "a trial has no terminal to be asked at: give the answer in the command"},
    Cure{"CUDA out of memory", "run fewer trials on a device (gpu_share in resources), or bound what takes its memory"},
    Cure{"timeout ended with exit code 124",
         "that is how timeout says that the time was over: give it more, or write resources: {time: 1h} in its place"},
    Cure{"No space left on device", "make room on the disk; sterlet retry runs the failed trials again"},
    Cure{"ddress already in use",
         "trials that run at once need ports of their own, as 29500 + the trial's number, which is ${trial} in the "
         "command and STERLET_TRIAL in the environment; or write workers: 1"},
    Cure{"EADDRINUSE",
         "trials that run at once need ports of their own, as 29500 + the trial's number, which is ${trial} in the "
         "command and STERLET_TRIAL in the environment; or write workers: 1"},
};

// The path that a message says is not there: "cat: data.csv: No such file or directory", "... directory: 'data.csv'".
std::string_view missing_path(std::string_view said) {
  constexpr std::string_view kNone = "No such file or directory";
  const std::size_t at = said.find(kNone);
  if (at == std::string_view::npos) return {};
  std::string_view after = said.substr(at + kNone.size());
  if (after.starts_with(": '") || after.starts_with(": \"")) {
    after.remove_prefix(3);
    return after.substr(0, after.find_first_of("'\""));
  }
  std::string_view before = said.substr(0, at);
  if (!before.ends_with(": ")) return {};
  before.remove_suffix(2);
  const std::size_t begin = before.rfind(": ");
  if (begin != std::string_view::npos) before.remove_prefix(begin + 2);
  if (before.starts_with('\'') || before.starts_with('"')) before.remove_prefix(1);
  return before;
}

std::string cure_of_path(std::string_view said, std::string_view folder) {
  const bool is_missing = said.find("No such file or directory") != std::string_view::npos ||
                          said.find("can't cd to") != std::string_view::npos;
  if (!is_missing) return {};
  const std::string_view path = missing_path(said);
  if (path.starts_with("~")) return "only shells know what ~ is: write the whole path";
  if (path.starts_with("$")) return "no shell has filled in the variable: write the whole path";
  if (path.starts_with("/")) return "see whether its folder is there, and how the path is written";
  if (folder.empty()) return {};
  return fmt::format("a path that does not begin with / begins at the study file's folder, {}",
                     base::printable(folder));
}

// What a program left behind that ended with an error and wrote nothing of it to stderr.
std::string last_words(const exec::Traces& traces) {
  if (!traces.stderr_last.empty()) return {};
  if (traces.stdout_last.empty()) return "it printed nothing";
  constexpr std::size_t kShownMax = 100;
  const std::string& line = traces.stdout_last.back();
  return fmt::format("its last line on stdout was \"{}\"",
                     line.size() <= kShownMax ? line : line.substr(0, kShownMax) + "...");
}

}  // namespace

std::string cure_of(std::string_view said, std::string_view folder) {
  for (const Cure& cure : kCures) {
    if (said.find(cure.said) != std::string_view::npos) return std::string(cure.next);
  }
  return cure_of_path(said, folder);
}

std::string with_advice(std::string reason, const exec::Event::Exited& exited, const std::string& folder) {
  std::string next = cure_of(reason, folder);
  if (next.empty() && exited.cause == exec::Cause::kTimeLimit)
    next = "give it more by time in resources, or less to do";
  const bool is_limit = exited.cause == exec::Cause::kOutOfMemory && reason.find("its limit") != std::string::npos;
  if (next.empty() && is_limit) next = "give it more by memory in resources";
  const bool is_own = exited.cause == exec::Cause::kError && reason == exited.reason;
  if (next.empty() && is_own) next = last_words(exited.traces);
  return next.empty() ? reason : fmt::format("{}; {}", reason, next);
}

}  // namespace sterlet::run
