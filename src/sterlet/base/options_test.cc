#include "sterlet/base/options.h"

#include <gtest/gtest.h>

namespace sterlet::base {
namespace {

struct ToyOptions {
  std::int64_t points = 5;
  double share = 0.5;
  std::optional<double> lower;
  bool promote = false;
  std::string explore = "perturb";
  bool operator==(const ToyOptions&) const = default;
};

const std::vector<Option> kOptions = {
    option("points", &ToyOptions::points, 1, 10, "how many"),
    option("share", &ToyOptions::share, 0, 1, "how much"),
    option("lower", &ToyOptions::lower, -9, 9, "from where"),
    option("promote", &ToyOptions::promote, "whether"),
    option("explore", &ToyOptions::explore, {"perturb", "pb2"}, "how"),
    choice_option("wraps", "none", "#/$defs/toy", "which"),
};

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
  EXPECT_EQ(message_of({{"points", 10.0}, {"explore", "pb2"}}), "");
  EXPECT_EQ(message_of({{"lower", nullptr}}), "");
}

TEST(Options, SaysWhatDoesNotFitAndWhatWould) {
  EXPECT_EQ(message_of({{"points", 10.5}}), "points of sampler toy cannot be 10.5; it is a whole number from 1 to 10");
  EXPECT_EQ(message_of({{"points", 11}}), "points of sampler toy cannot be 11; it is a whole number from 1 to 10");
  EXPECT_EQ(message_of({{"points", nullptr}}),
            "points of sampler toy cannot be null; it is a whole number from 1 to 10");
  EXPECT_EQ(message_of({{"share", "x"}}), "share of sampler toy cannot be \"x\"; it is a number from 0 to 1");
  EXPECT_EQ(message_of({{"explore", "pb3"}}), "explore of sampler toy cannot be \"pb3\"; did you mean 'pb2'?");
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

TEST(Options, AreReadIntoTheFieldsTheyWereMadeOf) {
  EXPECT_EQ(read_options<ToyOptions>(kOptions, Json::object()), ToyOptions{});
  const Json values = {{"points", 7.0},   {"share", 1},       {"lower", 2},
                       {"promote", true}, {"explore", "pb2"}, {"wraps", "x"}};
  EXPECT_EQ(read_options<ToyOptions>(kOptions, values),
            (ToyOptions{.points = 7, .share = 1, .lower = 2, .promote = true, .explore = "pb2"}));
  EXPECT_EQ(read_options<ToyOptions>(kOptions, {{"lower", nullptr}}).lower, std::nullopt);
}

TEST(Options, ARequiredOneHasNoDefaultAndMayNotBeNull) {
  const std::vector<Option> options = {required(option("points", &ToyOptions::points, 1, 10, "how many"))};
  ASSERT_NE(missing_option(options, Json::object()), nullptr);
  EXPECT_EQ(missing_option(options, Json::object())->name, "points");
  EXPECT_EQ(missing_option(options, {{"points", 1}}), nullptr);
  EXPECT_EQ(objection(options[0], nullptr), "it is a whole number from 1 to 10");
}

TEST(OptionsDeathTest, OfAnotherAlgorithmAreABug) {
  struct Other {};
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(static_cast<void>(read_options<Other>(kOptions, {{"points", 1}})), "belongs to other options");
}

TEST(Options, TheSchemaOfARowIsItsOwn) {
  const std::vector<Option> options = {required(kOptions[0]), kOptions[2], kOptions[3], kOptions[4], kOptions[5]};
  EXPECT_EQ(row_schema("toy", "a toy", options), Json::parse(R"({
    "description": "a toy", "type": "object", "required": ["name", "points"],
    "properties": {
      "name": {"const": "toy"},
      "points": {"description": "how many", "type": "integer", "minimum": 1.0, "maximum": 10.0},
      "lower": {"description": "from where", "type": ["number", "null"], "minimum": -9.0, "maximum": 9.0},
      "promote": {"description": "whether", "type": "boolean", "default": false},
      "explore": {"description": "how", "enum": ["perturb", "pb2"], "default": "perturb"},
      "wraps": {"description": "which", "$ref": "#/$defs/toy", "default": "none"}
    },
    "additionalProperties": false})"));
}

TEST(Options, APageShowsDefaultsAndRanges) {
  EXPECT_EQ(row_section("toy", "a toy", "Somebody 1999", std::span(kOptions).first(1)),
            "## toy\n\na toy.\nSource: Somebody 1999.\n\n| option | default | range | what it does |\n"
            "| --- | --- | --- | --- |\n| `points` | 5 | 1 to 10 | how many |\n\n");
}

}  // namespace
}  // namespace sterlet::base
