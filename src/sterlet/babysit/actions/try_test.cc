#include "sterlet/babysit/actions/try.h"

#include "sterlet/babysit/actions/played_model.h"

namespace sterlet::babysit {
namespace {

using storage::ChangeKind;
using storage::ChangeState;

class TryAction : public PlayedModel {
 protected:
  void mark_at(std::int64_t step) {
    report_until(step);
    checkpoint(step);
    parts_->pilot.set_mark(tree().checkpoints.back().id);
  }
};

TEST_F(TryAction, GoesBackToTheMarkAndTheBranchThereIsATry) {
  hello();
  mark_at(2);
  report_until(5);
  wish("try", {{"name", "rate"}, {"value", 1.0}, {"note", "the curve is flat"}});
  EXPECT_EQ(sent(), (Sent{"checkpoint", "restore"}));
  checkpoint(5);
  restored(2);
  EXPECT_EQ(last_said(), "tries rate from 0.1 to 1 from step 2 (branch b): the curve is flat");
  const auto& made = tree().interventions.front();
  EXPECT_EQ(made.kind, ChangeKind::kTry);
  EXPECT_EQ(made.by, storage::ChangeAuthor::kAutopilot);
  EXPECT_EQ(made.state, ChangeState::kWatching);
  EXPECT_EQ(made.came_from, 0);
  EXPECT_EQ(running_try(tree()), &made);
  EXPECT_EQ(base_branch(tree()), 0);
}

TEST_F(TryAction, ASecondTryIsComparedWithTheSameBranch) {
  hello();
  mark_at(2);
  report_until(5);
  wish("try", {{"name", "rate"}, {"value", 1.0}});
  checkpoint(5);
  restored(2);
  report_until(5);
  wish("try", {{"name", "rate"}, {"value", 0.01}});
  checkpoint(5);
  restored(2);
  EXPECT_EQ(tree().interventions[1].came_from, 0);
  EXPECT_EQ(params_of(tree(), 2)["rate"], 0.01);
  EXPECT_EQ(steps_of(1), (Steps{3, 4, 5}));
}

TEST_F(TryAction, WithoutAMarkOrWithADamagedOneNothingIsTried) {
  hello();
  report_until(2);
  wish("try", {{"name", "rate"}, {"value", 1.0}});
  EXPECT_NE(last_said().find("there is no checkpoint to try it from"), std::string::npos);
  std::ofstream(checkpoint(2)) << "other weights";
  parts_->pilot.set_mark(tree().checkpoints.back().id);
  wish("try", {{"name", "rate"}, {"value", 1.0}});
  EXPECT_FALSE(parts_->pilot.mark());
  EXPECT_EQ(sent(), Sent{});
  EXPECT_EQ(tree().branches.size(), 1U);
}

}  // namespace
}  // namespace sterlet::babysit
