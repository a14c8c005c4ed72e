#include "sterlet/base/options.h"

#include <gtest/gtest.h>

namespace sterlet::base {
namespace {

const std::vector<Option> kOptions = {{.name = "points", .summary = "", .default_value = 5, .low = 1, .high = 10},
                                      {.name = "share", .summary = "", .default_value = 0.5, .low = 0, .high = 1},
                                      {.name = "lower", .summary = "", .default_value = nullptr, .low = -9, .high = 9},
                                      {.name = "promote", .summary = "", .default_value = false},
                                      {.name = "wraps", .summary = "", .default_value = "none"}};

std::string message_of(const Json& values) {
  const auto checked = check_options("sampler toy", kOptions, values, "{name: toy, points: 3}");
  if (checked) return "";
  EXPECT_EQ(checked.error().code, ErrorCode::kInvalidArgument);
  return checked.error().message();
}

TEST(Options, TakesWhatFits) {
  EXPECT_EQ(message_of(Json::object()), "");
  EXPECT_EQ(message_of({{"points", 10}, {"share", 1}, {"lower", -9.0}, {"promote", true}, {"wraps", {{"name", 1}}}}),
            "");
  EXPECT_EQ(message_of({{"lower", nullptr}}), "");
}

TEST(Options, SaysWhatDoesNotFitAndWhatWould) {
  EXPECT_EQ(message_of({{"points", 10.5}}), "points of sampler toy cannot be 10.5; it is a whole number from 1 to 10");
  EXPECT_EQ(message_of({{"points", 11}}), "points of sampler toy cannot be 11; it is a whole number from 1 to 10");
  EXPECT_EQ(message_of({{"points", nullptr}}),
            "points of sampler toy cannot be null; it is a whole number from 1 to 10");
  EXPECT_EQ(message_of({{"share", "x"}}), "share of sampler toy cannot be \"x\"; it is a number from 0 to 1");
  EXPECT_EQ(message_of({{"promote", 1}}), "promote of sampler toy cannot be 1; it is true or false");
  EXPECT_NE(message_of({{"pionts", 1}}).find("has no option 'pionts'; did you mean 'points'"), std::string::npos)
      << message_of({{"pionts", 1}});
  EXPECT_EQ(message_of(Json::array()),
            "options of sampler toy cannot be []; write them as names and values, as in {name: toy, points: 3}");
}

TEST(Options, OwnersWithoutOptionsSaySo) {
  const auto checked = check_options("sampler bare", {}, {{"x", 1}}, "{name: bare}");
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().message(), "sampler bare has no option 'x'; it has none; remove it");
}

}  // namespace
}  // namespace sterlet::base
