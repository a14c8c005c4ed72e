#include "sterlet/babysit/actions/resume.h"

#include "sterlet/babysit/actions/played_model.h"

namespace sterlet::babysit {
namespace {

class ResumeAction : public PlayedModel {};

TEST_F(ResumeAction, LetsAPausedProgramRunAgain) {
  hello();
  report_until(2);
  EXPECT_EQ(answer_of(ask("resume")), "it is not paused");
  ask("pause");
  checkpoint(2);
  EXPECT_TRUE(executor_.is_held);
  EXPECT_EQ(answer_of(ask("resume")), "trial 0 goes on from step 2");
  EXPECT_FALSE(executor_.is_held);
  EXPECT_FALSE(tree().model.paused);
}

}  // namespace
}  // namespace sterlet::babysit
