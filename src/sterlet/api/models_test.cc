#include "sterlet/api/models.h"

#include "sterlet/babysit/actions/played_model.h"

namespace sterlet::api {
namespace {

class ModelDocument : public babysit::PlayedModel {};

TEST_F(ModelDocument, HasWhatTheModelEndedWithAndHowItCameToThat) {
  hello();
  report_until(3);
  change("rate", 0.5);
  report_until(8);
  change("momentum", 0.8);
  report_until(9);
  ask("undo");
  restored(8);
  const auto json = model_json(*study_, *storage_, 0).value();
  ASSERT_TRUE(json);
  EXPECT_EQ((*json)["branch"], "b");
  EXPECT_EQ((*json)["settings"], (base::Json{{"rate", 0.5}, {"momentum", 0.9}, {"size", 3}}));
  EXPECT_EQ(schedule_text(*json), "rate=0.1 momentum=0.9 size=3 from step 0, rate=0.5 from step 3");
  ASSERT_EQ((*json)["branches"].size(), 3U);
  EXPECT_EQ((*json)["branches"][0]["step"], 3);
  EXPECT_EQ((*json)["branches"][2]["parent"], "b");
  ASSERT_EQ((*json)["changes"].size(), 2U);
  EXPECT_EQ((*json)["changes"][0]["change"], "rate from 0.1 to 0.5");
  EXPECT_EQ((*json)["changes"][1]["state"], "undone");
  EXPECT_EQ(models_json(*study_, *storage_).value().at(0), *json);
}

TEST_F(ModelDocument, IsNotThereForATrialThatWasNeverBabysat) {
  EXPECT_FALSE(model_json(*study_, *storage_, 1).value());
}

}  // namespace
}  // namespace sterlet::api
