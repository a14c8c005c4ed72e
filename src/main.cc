// Builds the parts that the program stands on and hands them to the command line.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "sterlet/base/clock.h"
#include "sterlet/cli/cli.h"
#include "sterlet/exec/local/local.h"
#include "sterlet/storage/open.h"

namespace {

// A standard stream that was closed by who started us must not become the number of a database or a socket: it is
// opened so that reading ends at once and writing fails with EBADF.
void hold_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(stream, F_GETFD) < 0 && open("/dev/null", O_RDONLY) < 0) _exit(1);
  }
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

}  // namespace

int main(int argc, char** argv) {
  hold_standard_streams();
  signal(SIGPIPE, SIG_IGN);  // A reader that goes away is an error of a write, and never the end of a run.
  const sterlet::cli::Parts parts{
      .clock = sterlet::base::system_clock(),
      .environment = environment,
      .open_storage = [](const std::string& path,
                         const auto& options) { return sterlet::storage::open_storage(path, options); },
      // Beside a file; what lives in no file has its trials where the command was given.
      .trials_home = [](const std::string& storage) -> std::string {
        const auto file = sterlet::storage::sqlite_path(storage);
        return file ? std::filesystem::absolute(*file).lexically_normal().parent_path().string()
                    : std::filesystem::current_path().string();
      },
      .make_executor =
          [](const std::string& session) {
            return sterlet::exec::make_local_executor(session, {}, sterlet::base::system_clock());
          },
  };
  return sterlet::cli::run(parts, argc, argv);
}
