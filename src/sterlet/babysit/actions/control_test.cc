#include "sterlet/babysit/actions/control.h"

#include "sterlet/babysit/actions/played_model.h"

namespace sterlet::babysit {
namespace {

using storage::ChangeState;
using storage::CommandState;

class ControlAction : public PlayedModel {};

TEST_F(ControlAction, RunsTheUnchangedBranchFromTheCheckpointBeforeTheChange) {
  hello();
  report_until(3);
  change("rate", 0.5);
  report_until(5);
  sent();
  wish("control");
  EXPECT_EQ(sent(), (Sent{"checkpoint", "restore"}));
  EXPECT_EQ(last_sent("restore")["set"], (base::Json{{"rate", 0.1}}));
  checkpoint(5);
  restored(3);
  EXPECT_EQ(tree().model.active, 0);
  EXPECT_EQ(tree().branches.size(), 2U);
  EXPECT_EQ(controlled(tree()), &tree().interventions.front());
  report_until(4);
  EXPECT_EQ(steps_of(0), (Steps{1, 2, 3, 4}));
  // Nobody changes anything meanwhile.
  EXPECT_EQ(state_of(ask_set("momentum", 0.8)), CommandState::kRefused);
}

TEST_F(ControlAction, WithoutTheCheckpointTheVerdictIsByExtrapolation) {
  hello();
  report_until(3);
  ask_set("rate", 0.5);
  const std::string path = checkpoint(3);
  applied(3, {{"rate", 0.5}});
  report_until(5);
  std::filesystem::remove(path);
  wish("control");
  EXPECT_NE(last_said().find("the verdict is by extrapolation"), std::string::npos) << last_said();
  EXPECT_EQ(tree().model.active, 1);
  EXPECT_EQ(tree().interventions.front().state, ChangeState::kWatching);
}

}  // namespace
}  // namespace sterlet::babysit
