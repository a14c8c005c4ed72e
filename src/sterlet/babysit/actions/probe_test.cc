#include "sterlet/babysit/actions/probe.h"

#include "sterlet/babysit/actions/played_model.h"

namespace sterlet::babysit {
namespace {

using Probe = PlayedModel;

TEST_F(Probe, AProgramWithALoopOfItsOwnIsSentBackOnceBeforeAnyChange) {
  hello(true, true, false);
  report_until(1);
  EXPECT_EQ(sent(), (Sent{"checkpoint"}));
  checkpoint(1);
  report_until(3);
  EXPECT_EQ(sent(), Sent{});
  report_until(4);
  EXPECT_EQ(sent(), (Sent{"restore"}));
  EXPECT_FALSE(last_sent("restore").contains("set"));
  restored(1);
  EXPECT_EQ(model().step, 1);
  report_until(9);
  EXPECT_EQ(sent(), Sent{});
  EXPECT_EQ(steps_of(0), (Steps{1, 2, 3, 4, 5, 6, 7, 8, 9}));
  EXPECT_EQ(tree().branches.size(), 1U);
  EXPECT_TRUE(tree().interventions.empty());
  EXPECT_EQ(last_said(), "");
}

TEST_F(Probe, WhatItWroteByItselfFurtherOnIsNoPlaceToGoOnFrom) {
  hello(true, true, false);
  report_until(1);
  checkpoint(1);
  report_until(3);
  checkpoint(3);
  report_until(4);
  checkpoint(4);
  restored(1);
  ASSERT_EQ(tree().checkpoints.size(), 3U);
  EXPECT_EQ(tree().checkpoints[0].state, storage::CheckpointState::kKept);
  EXPECT_EQ(tree().checkpoints[1].state, storage::CheckpointState::kDeleted);
  EXPECT_EQ(tree().checkpoints[2].state, storage::CheckpointState::kDeleted);
}

TEST_F(Probe, OneThatGoesOnWhereItWasIsToldSoAndStartedAgain) {
  hello(true, true, false);
  report_until(1);
  checkpoint(1);
  report_until(4);
  restored(1);
  report(5, 0.2);
  EXPECT_TRUE(model().attempt.is_muted);
  EXPECT_EQ(last_said(),
            "the program said that it went back to step 1, but reported step 5 next, so it is started again from the "
            "checkpoint; its loop must go on from the step that it goes back to, as that of trial.steps() does "
            "(docs/babysit.md)");
  EXPECT_EQ(steps_of(0), (Steps{1}));
}

TEST_F(Probe, WhatItSavedAfterItDidNotGoBackIsNoPlaceToGoOnFrom) {
  hello(true, true, false);
  report_until(1);
  checkpoint(1);
  report_until(4);
  restored(1);
  checkpoint(5);
  report(6, 0.2);
  EXPECT_TRUE(model().attempt.is_muted);
  ASSERT_EQ(tree().checkpoints.size(), 2U);
  EXPECT_EQ(tree().checkpoints[0].state, storage::CheckpointState::kKept);
  EXPECT_EQ(tree().checkpoints[1].state, storage::CheckpointState::kDeleted);
}

TEST_F(Probe, WhatAPersonAsksWaitsUntilItHasShownThatItWentBack) {
  hello(true, true, false);
  report_until(1);
  checkpoint(1);
  report_until(4);
  restored(1);
  ask_set("rate", 0.5);
  EXPECT_EQ(sent(), Sent{});
  report(2, 0.2);
  EXPECT_FALSE(model().attempt.is_muted);
  EXPECT_EQ(sent(), (Sent{"checkpoint", "set"}));
}

TEST_F(Probe, OneThatRefusesIsToldWhatThatMeans) {
  hello(true, true, false);
  report_until(1);
  checkpoint(1);
  report_until(4);
  refuse("restore", {{"path", last_sent("restore")["path"]}}, "not now");
  EXPECT_EQ(last_said(),
            "the program says that it can go back to a checkpoint, but a first try was refused (the program "
            "refused: not now): nothing can be undone while it runs");
  report_until(5);
  EXPECT_EQ(steps_of(0), (Steps{1, 2, 3, 4, 5}));
}

TEST_F(Probe, NobodyIsAskedWhoSaysThatTheLoopIsRightOrCannotGoBack) {
  for (const bool restores : {true, false}) {
    hello(true, restores, restores);
    report_until(model().step + 6);
    EXPECT_EQ(sent(), Sent{});
  }
}

}  // namespace
}  // namespace sterlet::babysit
