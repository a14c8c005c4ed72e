#include "sterlet/space/translation.h"

#include <gtest/gtest.h>

namespace sterlet::space {
namespace {

using enum Kind;

std::vector<Scalar> texts(const std::vector<std::string>& names) { return {names.begin(), names.end()}; }

Space make_space(std::vector<Parameter> parameters, const std::vector<std::string>& constraints = {}) {
  auto space = Space::make(std::move(parameters), constraints);
  if (!space) ADD_FAILURE() << space.error().front().error.message();
  return std::move(*space);
}

// What becomes of a configuration: its JSON in the new space, or "outside".
std::string moved(const Space& from, const Space& to, const std::string& params) {
  const auto point = from.from_json(base::parse_json(params).value());
  if (!point) ADD_FAILURE() << point.error().message();
  const auto there = Translation(from, to)(*point);
  return there ? base::json_line(to.to_json(*there)) : "outside";
}

const Parameter kRate{.name = "rate", .low = 0.001, .high = 0.1, .scale = Scale::kLog};

TEST(Translation, WiderBoundsKeepEveryPointAndNarrowerOnesThoseInside) {
  const Space before = make_space({kRate});
  const Space wider = make_space({{.name = "rate", .low = 0, .high = 1}});
  const Space narrower = make_space({{.name = "rate", .low = 0.01, .high = 0.1, .scale = Scale::kLog}});
  EXPECT_EQ(moved(before, wider, R"({"rate":0.001})"), R"({"rate":0.001})");
  EXPECT_EQ(moved(before, narrower, R"({"rate":0.01})"), R"({"rate":0.01})");
  EXPECT_EQ(moved(before, narrower, R"({"rate":0.009})"), "outside");
}

TEST(Translation, ChoicesAreTheSameByWhatTheyAre) {
  const Space before = make_space({{.name = "o", .kind = kCategorical, .choices = texts({"sgd", "adam", "lion"})}});
  const Space after = make_space({{.name = "o", .kind = kCategorical, .choices = texts({"rmsprop", "lion", "sgd"})}});
  EXPECT_EQ(moved(before, after, R"({"o":"sgd"})"), R"({"o":"sgd"})");
  EXPECT_EQ(moved(before, after, R"({"o":"lion"})"), R"({"o":"lion"})");
  EXPECT_EQ(moved(before, after, R"({"o":"adam"})"), "outside");
}

TEST(Translation, AnAddedParameterHasItsDefaultOrIsAbsent) {
  const Space before = make_space({kRate});
  const Space with_default = make_space({{.name = "drop", .defaults = {0.25}}, kRate});
  const Space without = make_space({{.name = "drop"}, kRate});
  EXPECT_EQ(moved(before, with_default, R"({"rate":0.1})"), R"({"drop":0.25,"rate":0.1})");
  EXPECT_EQ(moved(before, without, R"({"rate":0.1})"), R"({"rate":0.1})");
}

TEST(Translation, WhatDependsOnAnAbsentParameterIsAbsentToo) {
  const Space before = make_space({kRate});
  const Space after =
      make_space({kRate,
                  {.name = "warm", .kind = kCategorical, .choices = {true, false}},
                  {.name = "steps", .kind = kInt, .low = 1, .high = 9, .when = "warm", .defaults = {std::int64_t{3}}}},
                 {"steps * rate < 0.01"});
  EXPECT_EQ(moved(before, after, R"({"rate":0.1})"), R"({"rate":0.1})") << "an absent part breaks no constraint";
}

TEST(Translation, OfAParameterThatIsGoneItsDefaultAloneIsInside) {
  const Space before = make_space({kRate, {.name = "drop", .defaults = {0.25}}});
  const Space after = make_space({kRate});
  EXPECT_EQ(moved(before, after, R"({"rate":0.1,"drop":0.25})"), R"({"rate":0.1})");
  EXPECT_EQ(moved(before, after, R"({"rate":0.1,"drop":0.5})"), "outside");
  EXPECT_EQ(moved(make_space({kRate, {.name = "drop"}}), after, R"({"rate":0.1,"drop":0.5})"), "outside");
}

TEST(Translation, AFixedParameterKeepsThePointsThatHadTheValue) {
  const Space before = make_space({kRate, {.name = "k", .kind = kInt, .low = 1, .high = 3}});
  const Space after = make_space({kRate, {.name = "k", .kind = kInt, .low = 2, .high = 2}});
  EXPECT_EQ(moved(before, after, R"({"rate":0.1,"k":2})"), R"({"rate":0.1,"k":2})");
  EXPECT_EQ(moved(before, after, R"({"rate":0.1,"k":3})"), "outside");
  EXPECT_EQ(moved(after, make_space({kRate}), R"({"rate":0.1,"k":2})"), R"({"rate":0.1})");
}

TEST(Translation, AConditionThatNoLongerHoldsLeavesThePointOutside) {
  const std::vector<Parameter> parameters = {{.name = "o", .kind = kCategorical, .choices = texts({"sgd", "adam"})},
                                             {.name = "momentum"}};
  std::vector<Parameter> conditional = parameters;
  conditional[1].when = "o == 'sgd'";
  const Space before = make_space(parameters), after = make_space(conditional);
  EXPECT_EQ(moved(before, after, R"({"o":"sgd","momentum":0.5})"), R"({"o":"sgd","momentum":0.5})");
  EXPECT_EQ(moved(before, after, R"({"o":"adam","momentum":0.5})"), "outside");
  EXPECT_EQ(moved(after, before, R"({"o":"adam"})"), R"({"o":"adam"})") << "absent now, as it has no default";
}

TEST(Translation, ConstraintsAndStepsAndKindsDecide) {
  const Space before = make_space({{.name = "a", .kind = kInt, .low = 1, .high = 9}, {.name = "b"}});
  EXPECT_EQ(moved(before, make_space({{.name = "a", .low = 0.5, .high = 9}, {.name = "b"}}, {"a * b <= 2"}),
                  R"({"a":4,"b":0.5})"),
            R"({"a":4.0,"b":0.5})");
  EXPECT_EQ(moved(before, make_space({{.name = "a", .kind = kInt, .low = 1, .high = 9}, {.name = "b"}}, {"a * b <= 2"}),
                  R"({"a":5,"b":0.5})"),
            "outside");
  EXPECT_EQ(moved(before, make_space({{.name = "a", .kind = kInt, .low = 1, .high = 9, .step = 2.0}, {.name = "b"}}),
                  R"({"a":4,"b":0.5})"),
            "outside");
  const Space ordinal = make_space({{.name = "a", .kind = kOrdinal, .choices = {2.0, 4.0, 8.0}}, {.name = "b"}});
  EXPECT_EQ(moved(before, ordinal, R"({"a":4,"b":0.5})"), R"({"a":4.0,"b":0.5})");
  EXPECT_EQ(moved(before, ordinal, R"({"a":5,"b":0.5})"), "outside");
  EXPECT_EQ(moved(ordinal, before, R"({"a":8,"b":0.5})"), R"({"a":8,"b":0.5})");
}

TEST(Translation, RepeatedParametersKeepTheirElements) {
  const auto space = [](double most, std::vector<Scalar> defaults) {
    return make_space(
        {{.name = "layers", .kind = kInt, .low = 1, .high = most},
         {.name = "units", .kind = kInt, .low = 1, .high = 64, .repeat = "layers", .defaults = std::move(defaults)}});
  };
  EXPECT_EQ(moved(space(3, {}), space(5, {}), R"({"layers":2,"units":[8,16]})"), R"({"layers":2,"units":[8,16]})");
  EXPECT_EQ(moved(space(3, {}), space(2, {}), R"({"layers":3,"units":[8,16,32]})"), "outside");
  const Space single =
      make_space({{.name = "layers", .kind = kInt, .low = 1, .high = 3},
                  {.name = "units", .kind = kInt, .low = 1, .high = 64, .defaults = {std::int64_t{8}}}});
  EXPECT_EQ(moved(single, space(3, {std::int64_t{4}}), R"({"layers":2,"units":8})"), R"({"layers":2,"units":[4,4]})");
}

TEST(Translation, WhatSaysNothingOfThePointsChangesNone) {
  const Space before = make_space({kRate});
  std::vector<Parameter> told = {kRate};
  told[0].defaults = {0.01};
  told[0].tier = 4;
  told[0].live = true;
  EXPECT_TRUE(Translation(before, make_space(told)).is_identity());
  EXPECT_FALSE(Translation(before, make_space(told, {"rate < 0.05"})).is_identity());
  EXPECT_FALSE(Translation(before, make_space({{.name = "x"}, kRate})).is_identity());
}

}  // namespace
}  // namespace sterlet::space
