#include "sterlet/base/process.h"

#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace sterlet::base {
namespace {

TEST(Process, WeAreRunning) {
  const ProcessIdentity self = this_process();
  EXPECT_EQ(presence_of(self), Presence::kRunning);
  ProcessIdentity later = self;
  later.start += "1";
  EXPECT_EQ(presence_of(later), Presence::kGone) << "another process of the same number";
}

TEST(Process, OneThatHasEndedIsGoneReapedOrNot) {
  ProcessIdentity child = this_process();
  const pid_t pid = fork();
  if (pid == 0) _exit(0);
  siginfo_t info{};
  ASSERT_EQ(waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT), 0);
  child.pid = pid;
  EXPECT_EQ(presence_of(child), Presence::kGone) << "a zombie";
  waitpid(pid, nullptr, 0);
  EXPECT_EQ(presence_of(child), Presence::kGone);
}

TEST(Process, ANumberOfAnotherNamespaceOrBootSaysNothing) {
  const ProcessIdentity self = this_process();
  const std::string name_and_boot = self.host.substr(0, self.host.rfind('/'));
  const std::string name = name_and_boot.substr(0, name_and_boot.rfind('/'));
  ProcessIdentity there = self;
  there.host = name_and_boot + "/1";
  EXPECT_EQ(presence_of(there), Presence::kElsewhere) << "a container with our host name";
  there.host = "other" + self.host.substr(name.size());
  EXPECT_EQ(presence_of(there), Presence::kRunning) << "another host name in our namespace";
  there.host = name + "/00000000-0000-0000-0000-000000000000/1";
  EXPECT_EQ(presence_of(there), Presence::kEarlierBoot);
  there.host = "other/00000000-0000-0000-0000-000000000000/1";
  EXPECT_EQ(presence_of(there), Presence::kElsewhere);
  there.host = name_and_boot;
  EXPECT_EQ(presence_of(there), Presence::kRunning) << "as older versions wrote it";
}

TEST(Process, WithoutAStartTimeItMayBeAnother) {
  ProcessIdentity self = this_process();
  self.start.clear();
  EXPECT_EQ(presence_of(self), Presence::kUnreadable);
}

}  // namespace
}  // namespace sterlet::base
