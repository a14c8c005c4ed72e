#include "sterlet/base/registry.h"

#include <gtest/gtest.h>

namespace sterlet::base {
namespace {

struct ToyOptions {
  std::int64_t points = 5;
};

struct Row {
  std::string_view name, summary;
  std::vector<Option> options;
};

const Registry<Row>& table() {
  static const Registry<Row> kTable(
      "toy", "{name: car, points: 3}",
      {{.name = "car", .summary = "rolls", .options = {option("points", &ToyOptions::points, 1, 10, "how many")}},
       {.name = "boat", .summary = "floats", .options = {}}});
  return kTable;
}

TEST(Registry, FindsRowsByName) {
  EXPECT_EQ(table().names(), (std::vector<std::string>{"car", "boat"}));
  ASSERT_NE(table().find("boat"), nullptr);
  EXPECT_EQ(table().find("boat")->summary, "floats");
  EXPECT_EQ(table().find("plane"), nullptr);
}

TEST(Registry, AnUnknownNameGetsTheNearest) {
  EXPECT_EQ(table().get("boot").error().message(), "unknown toy 'boot'; did you mean 'boat'?");
}

TEST(Registry, ChecksTheOptionsOfARow) {
  EXPECT_TRUE(table().get("car", {{"points", 3}}));
  EXPECT_EQ(table().get("car", {{"points", 0}}).error().message(),
            "points of toy car cannot be 0; it is a whole number from 1 to 10");
  EXPECT_EQ(table().get("boat", {{"points", 3}}).error().message(),
            "toy boat has no option 'points'; it has none; remove it");
}

TEST(Registry, AChoiceIsANameOrAMap) {
  EXPECT_EQ(table().choose("boat").value().row->name, "boat");
  const auto chosen = table().choose({{"name", "car"}, {"points", 3}});
  ASSERT_TRUE(chosen);
  EXPECT_EQ(chosen->row->name, "car");
  EXPECT_EQ(chosen->options, (Json{{"points", 3}}));
  EXPECT_EQ(table().choose({{"points", 3}}).error().message(),
            "a toy cannot be {\"points\":3}; write its name, or {name: car, points: 3}");
}

TEST(Registry, TheSchemaHasAFormForTheNamesAndOneForEachRow) {
  const Json schema = table().schema();
  ASSERT_EQ(schema["oneOf"].size(), 3u);
  EXPECT_EQ(schema["oneOf"][0], (Json{{"enum", {"car", "boat"}}}));
  EXPECT_EQ(schema["oneOf"][1]["properties"]["name"]["const"], "car");
  EXPECT_EQ(schema["oneOf"][2]["properties"].size(), 1u);
}

}  // namespace
}  // namespace sterlet::base
