#include "sterlet/babysit/actions/stop.h"

#include "sterlet/babysit/actions/played_model.h"

namespace sterlet::babysit {
namespace {

using storage::CommandState;

class StopAction : public PlayedModel {};

TEST_F(StopAction, AsksForACheckpointAndTheEndAndIsAnsweredWhenTheProgramHasEnded) {
  hello();
  report_until(2);
  const auto id = ask("stop");
  EXPECT_EQ(sent(), (Sent{"checkpoint", "stop"}));
  EXPECT_EQ(state_of(id), CommandState::kPending);
  checkpoint(2);
  exit(exec::Cause::kFinished);
  EXPECT_EQ(answer_of(id), "trial 0 stopped at step 2; sterlet babysit goes on with it");
  ASSERT_TRUE(progress_.ending);
  EXPECT_FALSE(progress_.ending->finished);
  EXPECT_EQ(study_->records().front().state, storage::State::kPaused);
}

TEST_F(StopAction, AProgramThatSaidNoHelloIsEnded) {
  report_until(1);
  ask("stop");
  EXPECT_EQ(sent(), Sent{});
  EXPECT_EQ(executor_.ends, 1);
}

TEST_F(StopAction, DropsAnActionThatHasOnlyAskedForACheckpoint) {
  hello();
  report_until(1);
  const auto pause = ask("pause");
  const auto stop = ask("stop");
  EXPECT_EQ(answer_of(pause), "the model was stopped before the program answered");
  exit(exec::Cause::kFinished);
  EXPECT_EQ(state_of(stop), CommandState::kDone);
}

}  // namespace
}  // namespace sterlet::babysit
