#include "sterlet/study/sessions.h"

#include <gtest/gtest.h>

namespace sterlet::study {
namespace {

struct FakeClock final : base::Clock {
  std::int64_t wall_ms() const override { return wall; }
  std::int64_t steady_ms() const override { return steady; }
  std::int64_t wall = 1'764'000'000'000, steady = 0;
};

class Watching : public testing::Test {
 protected:
  SessionWatch watch(base::Presence presence) {
    return SessionWatch(clock_, [presence](const base::ProcessIdentity&) { return presence; });
  }
  // One more look after `after_ms`; the session has beaten meanwhile or not.
  Liveness look(SessionWatch& watch, std::int64_t after_ms, bool has_beaten) {
    clock_.steady += after_ms;
    if (has_beaten) ++session_.beat;
    return watch.look(session_);
  }
  FakeClock clock_;
  storage::SessionRecord session_{.id = "a", .beat_ms = 1'764'000'000'000, .beat = 7};
};

TEST_F(Watching, AProcessThatCanBeSeenIsJudgedAtOnce) {
  auto running = watch(base::Presence::kRunning);
  EXPECT_EQ(look(running, 0, false), Liveness::kAlive);
  EXPECT_EQ(look(running, 1'000'000, false), Liveness::kAlive);
  auto gone = watch(base::Presence::kGone);
  EXPECT_EQ(look(gone, 0, true), Liveness::kGone);
}

TEST_F(Watching, OneThatEndedIsGone) {
  auto elsewhere = watch(base::Presence::kElsewhere);
  session_.ended = true;
  EXPECT_EQ(look(elsewhere, 0, true), Liveness::kGone);
}

TEST_F(Watching, AnUnseenSessionThatBeatsIsAlive) {
  for (const auto presence : {base::Presence::kElsewhere, base::Presence::kUnreadable}) {
    auto unseen = watch(presence);
    EXPECT_EQ(look(unseen, 0, false), Liveness::kUnknown);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(look(unseen, 5000, true), Liveness::kAlive);
  }
}

TEST_F(Watching, AnUnseenSessionIsGoneOnlyAfterTheGraceOfOurOwnClock) {
  auto unseen = watch(base::Presence::kElsewhere);
  EXPECT_EQ(look(unseen, 0, false), Liveness::kUnknown);
  for (std::int64_t ms = 5000; ms < SessionWatch::kGraceMs; ms += 5000) {
    EXPECT_EQ(look(unseen, 5000, false), Liveness::kUnknown) << ms;
  }
  EXPECT_EQ(look(unseen, 5000, false), Liveness::kGone);
  EXPECT_EQ(look(unseen, 5000, true), Liveness::kAlive) << "it was stopped for long, and goes on";
}

TEST_F(Watching, WallClocksDoNotMatter) {
  auto unseen = watch(base::Presence::kElsewhere);
  session_.beat_ms -= 172'800'000;  // Two days behind.
  EXPECT_EQ(look(unseen, 0, false), Liveness::kUnknown);
  EXPECT_EQ(look(unseen, 5000, true), Liveness::kAlive);
  clock_.wall += 1'000'000'000;
  EXPECT_EQ(look(unseen, 5000, false), Liveness::kAlive);
}

TEST_F(Watching, AWatchThatWasStoppedForLongHasSeenNothing) {
  auto unseen = watch(base::Presence::kElsewhere);
  EXPECT_EQ(look(unseen, 0, false), Liveness::kUnknown);
  EXPECT_EQ(look(unseen, 5000, true), Liveness::kAlive);
  EXPECT_EQ(look(unseen, 3'600'000, false), Liveness::kAlive);
}

TEST_F(Watching, AfterARebootNobodyWaits) {
  auto earlier = watch(base::Presence::kEarlierBoot);
  EXPECT_EQ(look(earlier, 0, false), Liveness::kUnknown) << "a machine of the same name that has just beaten";
  clock_.wall += SessionWatch::kGraceMs;
  EXPECT_EQ(look(earlier, 5000, false), Liveness::kGone);
}

}  // namespace
}  // namespace sterlet::study
