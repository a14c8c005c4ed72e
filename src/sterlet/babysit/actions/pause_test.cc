#include "sterlet/babysit/actions/pause.h"

#include "sterlet/babysit/actions/played_model.h"

namespace sterlet::babysit {
namespace {

class PauseAction : public PlayedModel {};

TEST_F(PauseAction, HoldsTheProgramOnceItsCheckpointIsThere) {
  hello();
  report_until(2);
  const auto id = ask("pause");
  EXPECT_EQ(sent(), (Sent{"checkpoint"}));
  EXPECT_FALSE(executor_.is_held);
  checkpoint(2);
  EXPECT_TRUE(executor_.is_held);
  EXPECT_TRUE(tree().model.paused);
  EXPECT_EQ(answer_of(id), "trial 0 is paused at step 2");
  EXPECT_EQ(answer_of(ask("pause")), "it is paused already");
}

TEST_F(PauseAction, AProgramWithoutCheckpointsIsHeldAtOnce) {
  hello(true, false);
  report_until(2);
  ask("pause");
  EXPECT_EQ(sent(), Sent{});
  EXPECT_TRUE(executor_.is_held);
}

TEST_F(PauseAction, WithoutItsCheckpointItIsNotPaused) {
  hello();
  report_until(2);
  const auto id = ask("pause");
  refuse("checkpoint", base::Json::object(), "the disk is full");
  EXPECT_EQ(answer_of(id), "no checkpoint could be taken (the disk is full), so it was not paused");
  EXPECT_FALSE(executor_.is_held);
}

// It must run to answer, and stands still again after that.
TEST_F(PauseAction, AChangeOfAPausedModelIsAnsweredAndThePauseStays) {
  hello();
  report_until(2);
  ask("pause");
  checkpoint(2);
  ask_set("rate", 0.5);
  EXPECT_FALSE(executor_.is_held);
  checkpoint(2);
  applied(2, {{"rate", 0.5}});
  EXPECT_TRUE(executor_.is_held);
  EXPECT_TRUE(tree().model.paused);
}

}  // namespace
}  // namespace sterlet::babysit
