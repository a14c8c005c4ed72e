#include "sterlet/cli/session.h"

#include <signal.h>
#include <sys/signalfd.h>

#include "sterlet/base/process.h"

namespace sterlet::cli {

storage::SessionRecord session_record(const Context& context, const std::string& session) {
  const base::ProcessIdentity process = base::this_process();
  const std::int64_t now = context.parts.clock.wall_ms();
  return {.id = session,
          .host = process.host,
          .pid = process.pid,
          .pid_start = process.start,
          .started_ms = now,
          .beat_ms = now};
}

int block_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGHUP);
  sigprocmask(SIG_BLOCK, &set, nullptr);
  return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

}  // namespace sterlet::cli
