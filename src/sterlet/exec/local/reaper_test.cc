#include "sterlet/exec/local/reaper.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sterlet/exec/local/procfs.h"
#include "sterlet/exec/session.h"
#include "sterlet/exec/test_support.h"

namespace sterlet::exec {
namespace {

/// A child in a group of its own that has a child in a session of its own, and both wait for ever.
class ReaperTest : public testing::Test {
 protected:
  void SetUp() override {
    leader_ = ::fork();
    if (leader_ == 0) {
      ::setpgid(0, 0);
      if (::fork() == 0) ::setsid();
      for (;;) ::pause();
    }
    ASSERT_TRUE(eventually([&] {
      const auto tree = family_tree(leader_);
      return tree.size() == 2 && ::getpgid(tree[1]) == tree[1] && ::getpgid(leader_) == leader_;
    }));
    child_ = family_tree(leader_)[1];
  }
  void TearDown() override {
    for (const pid_t pid : {leader_, child_}) {
      ::kill(pid, SIGKILL);
      ::waitpid(pid, nullptr, 0);
    }
  }
  /// Forked without exec, they show our own environment: no mark of this session.
  std::vector<Orphan> orphans(std::vector<Reaper::Family> families) const {
    return Reaper(new_session()).look(families, 0).orphans;
  }

  pid_t leader_ = 0;
  pid_t child_ = 0;
};

TEST_F(ReaperTest, ListsAndSearchesFindTheSameChildren) {
  EXPECT_EQ(list_children(leader_), std::vector<pid_t>{child_});
  EXPECT_EQ(search_children(leader_), std::vector<pid_t>{child_});
  EXPECT_EQ(list_children(::getpid()), search_children(::getpid()));
  EXPECT_EQ(search_children(child_), std::vector<pid_t>());
}

TEST_F(ReaperTest, ALeaderIsNoOrphanAndItsChildIsNotOursWhileItLives) {
  EXPECT_TRUE(orphans({{.attempt = {3, 1}, .leader = leader_, .start = read_stat(leader_).start}}).empty());
}

TEST_F(ReaperTest, AnOrphanWithoutMarksIsTheOnlyOlderFamilys) {
  const Reaper reaper(new_session());
  const std::int64_t start = read_stat(leader_).start;
  ::kill(leader_, SIGKILL);
  ASSERT_TRUE(eventually([&] { return read_stat(child_).parent == ::getpid(); }));
  const Reaper::Family own{.attempt = {3, 1}, .leader = leader_, .start = start};
  const Reaper::Family older{.attempt = {2, 1}, .leader = 1, .start = 0};
  const Reaper::Family younger{.attempt = {4, 1}, .leader = 1, .start = read_stat(child_).start + 1};
  const auto owner = [&](std::vector<Reaper::Family> families) {
    const OrphanScan scan = reaper.look(families, 0);
    EXPECT_TRUE(scan.complete);
    EXPECT_EQ(scan.orphans.size(), 1U);
    return scan.orphans.empty() ? std::nullopt : scan.orphans[0].attempt;
  };
  EXPECT_EQ(owner({own, younger}), own.attempt);
  EXPECT_EQ(owner({older, own, younger}), std::nullopt) << "it may be either's";
  EXPECT_EQ(owner({younger}), std::nullopt);
  EXPECT_TRUE(reaper.look({{own}}, child_).orphans.empty()) << "the guardian is none";
  EXPECT_TRUE(reaper.kill_all(start, 0, std::chrono::seconds(20)));
  EXPECT_FALSE(read_stat(child_).alive);
}

TEST_F(ReaperTest, ASignalReachesTheWholeFamily) {
  const Reaper reaper(new_session());  // The child of a leader that is gone already falls to us, not to the system.
  signal_family(leader_, SIGKILL);
  EXPECT_TRUE(eventually([&] { return !read_stat(child_).alive && !read_stat(leader_).alive; }));
}

}  // namespace
}  // namespace sterlet::exec
