#include "sterlet/babysit/actions/undo.h"

#include "sterlet/babysit/actions/played_model.h"

namespace sterlet::babysit {
namespace {

using storage::ChangeState;
using storage::CommandState;

class UndoAction : public PlayedModel {};

TEST_F(UndoAction, GoesBackToTheCheckpointBeforeTheChangeWithTheValuesOfThen) {
  hello();
  report_until(3);
  change("rate", 0.5);
  report_until(6);
  sent();
  const auto id = ask("undo");
  EXPECT_EQ(sent(), (Sent{"restore"}));
  EXPECT_EQ(last_sent("restore")["set"], (base::Json{{"rate", 0.1}}));
  EXPECT_EQ(tree().model.active, 1);
  restored(3);
  EXPECT_EQ(state_of(id), CommandState::kDone);
  EXPECT_EQ(tree().model.active, 0);
  EXPECT_EQ(model().step, 3);
  EXPECT_EQ(tree().interventions.front().state, ChangeState::kUndone);
  report_until(5);
  EXPECT_EQ(steps_of(0), (Steps{1, 2, 3, 4, 5}));
  EXPECT_EQ(steps_of(1), (Steps{4, 5, 6}));  // What it did stays to be seen.
}

TEST_F(UndoAction, TheGuardMayTakeBackSeveralAtOnce) {
  hello();
  report_until(3);
  change("rate", 0.5);
  report_until(5);
  change("momentum", 0.8);
  report_until(6);
  wish("undo", {{"through", 1}, {"note", "the loss doubled"}});
  EXPECT_EQ(last_sent("restore")["set"], (base::Json{{"rate", 0.1}, {"momentum", 0.9}}));
  restored(3);
  EXPECT_EQ(tree().model.active, 0);
  for (const auto& made : tree().interventions) EXPECT_EQ(made.state, ChangeState::kUndone);
  EXPECT_EQ(
      last_said(),
      "the loss doubled; undone: momentum 0.8 back to 0.9, then rate 0.5 back to 0.1; branch a goes on from step 3");
}

TEST_F(UndoAction, AChangeThatWasCutShortIsWatchedOn) {
  hello();
  report_until(6);
  change("rate", 0.5);
  report_until(7);
  change("momentum", 0.8);
  EXPECT_EQ(tree().interventions[0].state, ChangeState::kKept);
  report_until(8);
  ask("undo");
  restored(7);
  EXPECT_EQ(tree().interventions[0].state, ChangeState::kWatching);
  EXPECT_EQ(tree().interventions[1].state, ChangeState::kUndone);
}

TEST_F(UndoAction, RefusesWhereThereIsNothingOrNoWayBack) {
  hello();
  report_until(3);
  EXPECT_EQ(answer_of(ask("undo")), "there is no change to undo on branch a");
  const std::string path = [&] {
    ask_set("rate", 0.5);
    std::string written = checkpoint(3);
    applied(3, {{"rate", 0.5}});
    return written;
  }();
  std::ofstream(path) << "other weights";
  EXPECT_EQ(state_of(ask("undo")), CommandState::kRefused);
  EXPECT_EQ(tree().model.active, 1);
  EXPECT_EQ(tree().interventions.front().state, ChangeState::kWatching);
}

TEST_F(UndoAction, AProgramThatRefusesGoesOnWithTheChange) {
  hello();
  report_until(3);
  change("rate", 0.5);
  const auto id = ask("undo");
  report_until(4);
  refuse("restore", last_sent("restore"), "its memory is full");
  EXPECT_EQ(answer_of(id), "the program refused: its memory is full");
  EXPECT_EQ(tree().model.active, 1);
  EXPECT_EQ(steps_of(1), (Steps{4}));
}

}  // namespace
}  // namespace sterlet::babysit
