#include "sterlet/cli/session.h"

#include <signal.h>
#include <sys/signalfd.h>

#include "sterlet/study/sessions.h"

namespace sterlet::cli {

storage::SessionRecord session_record(const Context& context, const std::string& session) {
  return study::new_session_record(session, context.parts.clock);
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
