#include "sterlet/babysit/actions/decide.h"

#include "sterlet/babysit/actions/played_model.h"

namespace sterlet::babysit {
namespace {

using storage::ChangeState;

class DecideAction : public PlayedModel {
 protected:
  // A try of a larger rate from step 2, beside three reports of the base.
  void run_try(double loss) {
    hello();
    report_until(2);
    checkpoint(2);
    parts_->pilot.set_mark(tree().checkpoints.back().id);
    report_until(5);
    wish("try", {{"name", "rate"}, {"value", 1.0}, {"note", "it is flat"}});
    checkpoint(5);
    restored(2);
    for (std::int64_t step = 3; step <= 5; ++step) report(step, loss / static_cast<double>(step));
    checkpoint(5);
    sent();
  }
};

TEST_F(DecideAction, TheTryThatWinsIsTrainedOn) {
  run_try(0.1);
  wish("decide", {{"winner", 1}});
  EXPECT_EQ(sent(), Sent{});
  EXPECT_EQ(tree().interventions.front().state, ChangeState::kKept);
  EXPECT_GT(tree().interventions.front().helped.value_or(0), 0.9);
  EXPECT_EQ(tree().model.active, 1);
  EXPECT_FALSE(parts_->pilot.mark());
  EXPECT_EQ(last_said().find("kept: rate from 0.1 to 1, helped with p "), 0U) << last_said();
}

TEST_F(DecideAction, WhereTheBaseWinsTheModelGoesBackToItsEnd) {
  run_try(10);
  wish("decide", {{"winner", 0}});
  EXPECT_EQ(sent(), (Sent{"restore"}));
  EXPECT_EQ(tree().interventions.front().state, ChangeState::kWatching);
  restored(5);
  EXPECT_EQ(tree().interventions.front().state, ChangeState::kUndone);
  EXPECT_LT(tree().interventions.front().helped.value_or(1), 0.1);
  EXPECT_EQ(tree().model.active, 0);
  EXPECT_EQ(model().step, 5);
  EXPECT_EQ(steps_of(0), (Steps{1, 2, 3, 4, 5}));
  EXPECT_EQ(last_said(),
            "undone: rate 1 back to 0.1, helped with p = 0.03; loss 2.25 where the unchanged branch had 0.225");
}

TEST_F(DecideAction, WhatTheRangeTestSawIsSaid) {
  run_try(0.1);
  wish("decide", {{"winner", 1}, {"note", "range test of rate: 0.1: 0.2, 1: 0.02 (loss); it goes on with 1"}});
  EXPECT_EQ(last_said(), "range test of rate: 0.1: 0.2, 1: 0.02 (loss); it goes on with 1");
}

}  // namespace
}  // namespace sterlet::babysit
