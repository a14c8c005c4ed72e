#include "sterlet/run/interruptions.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace sterlet::run {

bool Interruptions::read_one() {
  signalfd_siginfo info{};
  while (fd_ >= 0 && read(fd_, &info, sizeof(info)) == static_cast<ssize_t>(sizeof(info))) {
    // A terminal that closes sends SIGHUP by the system and by its shell: they are one wish.
    if (info.ssi_signo == SIGHUP && count_ > 0) continue;
    ++count_;
    last_signal_ = static_cast<int>(info.ssi_signo);
    return true;
  }
  return false;
}

std::vector<int> Interruptions::descriptors() const { return fd_ < 0 ? std::vector<int>{} : std::vector<int>{fd_}; }

}  // namespace sterlet::run
