#include "sterlet/babysit/actions/mark.h"

#include "sterlet/babysit/actions/played_model.h"

namespace sterlet::babysit {
namespace {

class MarkAction : public PlayedModel {};

TEST_F(MarkAction, TheNextCheckpointIsWhereAWindowBegins) {
  hello();
  report_until(2);
  wish("mark");
  EXPECT_EQ(sent(), (Sent{"checkpoint"}));
  EXPECT_FALSE(parts_->pilot.mark());
  checkpoint(2);
  EXPECT_EQ(parts_->pilot.mark(), tree().checkpoints.back().id);
  EXPECT_TRUE(parts_->in_flight.is_empty());
}

TEST_F(MarkAction, WithoutACheckpointThereIsNoMark) {
  hello();
  report_until(2);
  wish("mark");
  refuse("checkpoint", base::Json::object(), "the disk is full");
  EXPECT_FALSE(parts_->pilot.mark());
  EXPECT_TRUE(parts_->in_flight.is_empty());
  EXPECT_NE(last_said().find("no checkpoint could be taken (the disk is full)"), std::string::npos) << last_said();
}

}  // namespace
}  // namespace sterlet::babysit
