#include "sterlet/babysit/actions/branch.h"

#include "sterlet/babysit/actions/played_model.h"

namespace sterlet::babysit {
namespace {

using base::Json;
using storage::CommandState;

class BranchAction : public PlayedModel {
 protected:
  Json body(std::int64_t at, double rate) {
    return {{"at", at}, {"changes", json_from_changes({{.name = "rate", .value = rate}})}};
  }
};

TEST_F(BranchAction, TrainsOnFromAnEarlierCheckpointWithOtherValues) {
  hello();
  report_until(2);
  checkpoint(2);
  report_until(5);
  const auto id = ask("branch", body(2, 0.5));
  EXPECT_EQ(sent(), (Sent{"checkpoint", "restore"}));  // The first is where undo goes back to.
  checkpoint(5);
  restored(2);
  EXPECT_EQ(answer_of(id), "branch b goes on from step 2 of branch a with rate from 0.1 to 0.5");
  EXPECT_EQ(tree().model.active, 1);
  EXPECT_EQ(tree().branches[1].checkpoint, tree().checkpoints[0].id);
  EXPECT_EQ(tree().interventions[0].checkpoint, tree().checkpoints[1].id);
  EXPECT_EQ(model().step, 2);
  report_until(3);
  EXPECT_EQ(steps_of(1), (Steps{3}));
  EXPECT_EQ(steps_of(0), (Steps{1, 2, 3, 4, 5}));
}

TEST_F(BranchAction, RefusesAStepOrABranchThatIsNotThere) {
  hello();
  report_until(2);
  checkpoint(2);
  EXPECT_EQ(answer_of(ask("branch", body(1, 0.5))), "there is no checkpoint of step 1");
  Json other = body(2, 0.5);
  other["from"] = "q";
  EXPECT_EQ(answer_of(ask("branch", other)), "there is no branch 'q'");
  EXPECT_EQ(answer_of(ask("branch")), "a branch starts at a step");
  EXPECT_EQ(sent(), Sent{});
}

TEST_F(BranchAction, RefusesACheckpointThatIsNotWhatWasWritten) {
  hello();
  report_until(2);
  std::ofstream(checkpoint(2)) << "other weights";
  EXPECT_EQ(state_of(ask("branch", body(2, 0.5))), CommandState::kRefused);
  EXPECT_EQ(sent(), Sent{});
  EXPECT_EQ(tree().branches.size(), 1U);
}

}  // namespace
}  // namespace sterlet::babysit
