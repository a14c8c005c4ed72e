#include "sterlet/babysit/actions/advice.h"

#include "sterlet/babysit/actions/played_model.h"

namespace sterlet::babysit {
namespace {

class AdviceAction : public PlayedModel {};

TEST_F(AdviceAction, SaysWhatItWouldDoAndChangesNothing) {
  hello();
  report_until(2);
  wish("advice", {{"set", {{"rate", 0.5}}}, {"was", {{"rate", 0.1}}}, {"note", "the curve is flat"}});
  EXPECT_EQ(last_said(),
            "advice at step 2: rate from 0.1 to 0.5, because the curve is flat; to follow it: sterlet set rate=0.5");
  EXPECT_EQ(sent(), Sent{});
  EXPECT_EQ(tree().branches.size(), 1U);
  const auto advised = storage_->live().commands_of(study_->storage_id(), 0, "advice").value();
  ASSERT_EQ(advised.size(), 1U);
  EXPECT_EQ(advised[0].state, storage::CommandState::kDone);
  EXPECT_EQ(base::parse_json(advised[0].body)->at("step"), 2);
}

}  // namespace
}  // namespace sterlet::babysit
