#include "sterlet/babysit/actions/roll_back.h"

#include "sterlet/babysit/actions/played_model.h"

namespace sterlet::babysit {
namespace {

using base::Json;
using storage::ChangeKind;
using storage::ChangeState;

class RollBackActions : public PlayedModel {
 protected:
  RollBackActions() {
    options_.guard = true;
    open({.fresh = false});
    hello();
    sent();  // The guard's wish for a first checkpoint.
  }
};

TEST_F(RollBackActions, GoesBackToTheLastGoodCheckpointWithHalfOfItsRate) {
  report_until(4);
  checkpoint(4);
  report_until(6);
  wish("rollback", {{"good_step", 5}, {"bad_step", 6}, {"note", "the loss doubled"}});
  EXPECT_EQ(sent(), (Sent{"restore"}));
  const Json restore = last_sent("restore");
  EXPECT_EQ(restore["set"], (Json{{"rate", 0.05}}));
  EXPECT_EQ(restore["skip_steps"], 4);  // To a window after the last good report.
  restored(4, 4);
  const auto& made = tree().interventions.front();
  EXPECT_EQ(made.kind, ChangeKind::kRollBack);
  EXPECT_EQ(made.by, storage::ChangeAuthor::kGuard);
  EXPECT_EQ(made.state, ChangeState::kKept);
  EXPECT_EQ(tree().model.active, 1);
  EXPECT_EQ(tree().branches[1].skip_steps, 4);
  EXPECT_EQ(made.outcome, "the data of the next 4 steps is left out");
}

TEST_F(RollBackActions, SaysLeftOutOnlyOfWhatTheProgramSaysItLeftOut) {
  report_until(4);
  checkpoint(4);
  report_until(6);
  wish("rollback", {{"good_step", 5}, {"bad_step", 6}, {"note", "the loss doubled"}});
  restored(4);
  EXPECT_EQ(tree().interventions.front().outcome,
            "the program was asked to leave out the data of the next 4 steps, and does not say that it did");
}

// The rate that ran away is 50 times that of the checkpoint; half of what was good there counts.
TEST_F(RollBackActions, HalvesTheRateThatTheCheckpointHadNotTheOneThatRanAway) {
  report_until(4);
  change("rate", 1.0);
  report_until(8);
  sent();
  wish("rollback", {{"good_step", 4}, {"bad_step", 8}, {"note", "the loss doubled"}});
  EXPECT_EQ(last_sent("restore")["set"], (Json{{"rate", 0.05}}));
  restored(4, 8);
  EXPECT_EQ(params_of(tree(), tree().model.active)["rate"], 0.05);
  report_until(6);
  wish("rollback", {{"good_step", 4}, {"bad_step", 6}, {"note", "it doubled again"}});
  EXPECT_EQ(last_sent("restore")["set"], (Json{{"rate", 0.025}}));
}

TEST_F(RollBackActions, WithoutAGoodCheckpointItSaysSoAndTheModelTrainsOn) {
  report_until(4);
  wish("rollback", {{"good_step", 3}, {"bad_step", 4}, {"note", "the loss doubled"}});
  EXPECT_NE(last_said().find("the loss doubled, but there is no good checkpoint to go back to"), std::string::npos);
  EXPECT_EQ(sent(), Sent{});
  EXPECT_EQ(tree().branches.size(), 1U);
}

TEST_F(RollBackActions, OneThatIsLeftForAnotherWasNotEnough) {
  report_until(4);
  checkpoint(4);
  report_until(6);
  wish("rollback", {{"good_step", 5}, {"bad_step", 6}, {"note", "the loss doubled"}});
  restored(4, 4);
  report_until(6);
  wish("rollback", {{"good_step", 4}, {"bad_step", 6}, {"note", "it doubled again"}});
  EXPECT_GT(last_sent("restore")["skip_steps"], 8);
  restored(4, 12);
  EXPECT_EQ(tree().interventions[0].state, ChangeState::kUndone);
  EXPECT_EQ(tree().interventions[0].outcome, "it doubled again");
  EXPECT_EQ(tree().model.active, 2);
}

}  // namespace
}  // namespace sterlet::babysit
