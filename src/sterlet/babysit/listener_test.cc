// What the loop makes of programs that tell their steps wrongly.

#include "sterlet/babysit/listener.h"

#include "sterlet/babysit/actions/played_model.h"

namespace sterlet::babysit {
namespace {

class Misnumbered : public PlayedModel {
 protected:
  bool was_said(const std::string& words) const {
    const auto& said = observer_.sentences;
    return std::any_of(said.begin(), said.end(),
                       [&](const std::string& each) { return each.find(words) != std::string::npos; });
  }
};

TEST_F(Misnumbered, AProgramThatAnswersBeforeItReportsTheStepIsToldSoOnceAtItsFirstCheckpoint) {
  hello();
  report_until(2);
  wish("mark");
  checkpoint(3);
  EXPECT_FALSE(was_said("may be a step off"));
  report(3, 0.3);
  EXPECT_TRUE(was_said("the program told its state after step 3 before it reported step 3"));
  const std::size_t count = observer_.sentences.size();
  wish("mark");
  checkpoint(4);
  report(4, 0.25);
  EXPECT_EQ(observer_.sentences.size(), count);
}

TEST_F(Misnumbered, ACheckpointThatNobodyAskedForMayComeBeforeItsReport) {
  hello();
  report_until(2);
  checkpoint(3);
  report(3, 0.3);
  EXPECT_FALSE(was_said("may be a step off"));
}

TEST_F(Misnumbered, ItsChangeIsDatedToTheReportBefore) {
  hello();
  report_until(4);
  ask_set("rate", 0.5);
  checkpoint(5);
  applied(5, {{"rate", 0.5}});
  EXPECT_EQ(tree().interventions.front().step, 5);
  report(5, 0.2);
  EXPECT_EQ(tree().interventions.front().step, 4);
  EXPECT_EQ(steps_of(1), (Steps{5}));
  report(6, 0.2);
  EXPECT_EQ(tree().interventions.front().step, 4);
}

TEST_F(Misnumbered, AProgramThatSaysItWentBackAndGoesOnWhereItWasIsStartedAgain) {
  hello();
  report_until(3);
  change("rate", 0.5);
  report_until(20);
  ask("undo");
  restored(3);
  report(21, 0.05);
  EXPECT_TRUE(was_said("the program said that it went back to step 3, but reported step 21 next"));
  EXPECT_EQ(executor_.kills, 1);
  EXPECT_TRUE(model().attempt.is_muted);
  report(22, 0.05);  // Of no branch.
  EXPECT_EQ(steps_of(0), (Steps{1, 2, 3}));
  tell(exec::Event::Exited{.cause = exec::Cause::kStopped, .reason = "model.py was stopped after 2.1 s"});
  EXPECT_TRUE(progress_.to_launch);
  EXPECT_EQ(tree().model.active, 0);
}

TEST_F(Misnumbered, AlsoWhereItDoesOneStepRightFirst) {
  hello();
  report_until(3);
  change("rate", 0.5);
  report_until(20);
  ask("undo");
  restored(3);
  report(3, 0.3);  // Its loop's variable has the step that it went back to until the next turn.
  EXPECT_EQ(executor_.kills, 0);
  report(21, 0.05);
  EXPECT_TRUE(was_said("the program said that it went back to step 3, but reported step 21 next"));
  EXPECT_EQ(executor_.kills, 1);
}

TEST_F(Misnumbered, OneThatWentBackIsNot) {
  hello();
  report_until(3);
  change("rate", 0.5);
  report_until(20);
  ask("undo");
  restored(3);
  report_until(25);
  EXPECT_EQ(executor_.kills, 0);
}

TEST_F(Misnumbered, AResumedProgramSaysWhatDataItLeavesOut) {
  options_.guard = true;
  open({.fresh = false});
  hello();
  report_until(4);
  checkpoint(4);
  report_until(6);
  wish("rollback", {{"good_step", 5}, {"bad_step", 6}, {"note", "the loss doubled"}});
  restored(4);
  model().attempt.is_resumed = true;  // As if it had been started from there.
  model().attempt.has_reported = false;
  tell(exec::Event::Restored{.step = 4, .path = "ck", .skipped_steps = 4});
  EXPECT_EQ(tree().interventions.front().outcome, "the data of the next 4 steps is left out");
}

}  // namespace
}  // namespace sterlet::babysit
