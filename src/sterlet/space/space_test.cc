#include "sterlet/space/space.h"

#include <cmath>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace sterlet::space {
namespace {

using base::Json;

std::vector<Scalar> texts(const std::vector<std::string>& names) { return {names.begin(), names.end()}; }

Space make_space(std::vector<Parameter> parameters, const std::vector<std::string>& constraints = {}) {
  auto space = Space::make(std::move(parameters), constraints);
  if (!space) ADD_FAILURE() << space.error().front().error.message();
  return std::move(*space);
}

Json json(std::string_view text) {
  auto parsed = base::parse_json(text);
  EXPECT_TRUE(parsed) << text;
  return *parsed;
}

// Conditions four deep, a repeated parameter with a condition, choices of every type.
std::vector<Parameter> deep_parameters() {
  using enum Kind;
  return {{.name = "d", .when = "c > 0.5", .defaults = {0.25}},  // Declared before what decides on it.
          {.name = "a", .kind = kCategorical, .choices = texts({"on", "off"}), .defaults = {std::string("on")}},
          {.name = "b", .kind = kInt, .low = 0, .high = 3, .when = "a == 'on'", .defaults = {std::int64_t{2}}},
          {.name = "c", .when = "b >= 2", .defaults = {0.75}},
          {.name = "units",
           .kind = kInt,
           .low = 1,
           .high = 64,
           .scale = Scale::kLog,
           .repeat = "b",
           .defaults = {std::int64_t{8}}},
          {.name = "act",
           .kind = kCategorical,
           .choices = texts({"relu", "tanh"}),
           .when = "units[0] > 8",
           .repeat = "b",
           .defaults = {std::string("relu"), std::string("tanh"), std::string("relu")}},
          {.name = "flag", .kind = kCategorical, .choices = {true, std::int64_t{7}, 0.5}, .defaults = {true}}};
}

TEST(Space, ConditionsDecideAtAnyDepth) {
  constexpr std::uint64_t kSeed = 71;
  const Space space = make_space(deep_parameters());
  int deepest = 0, absent = 0;
  for (std::uint64_t trial = 0; trial < 3000; ++trial) {
    SCOPED_TRACE(fmt::format("seed {}, trial {}", kSeed, trial));
    const Point point = space.draw({.seed = kSeed, .trial = trial});
    const Json values = space.to_json(point);
    const bool on = values["a"] == "on";
    ASSERT_EQ(values.contains("b"), on);
    const std::int64_t b = on ? values["b"].get<std::int64_t>() : 0;
    ASSERT_EQ(values.contains("c"), b >= 2);
    ASSERT_EQ(values.contains("d"), b >= 2 && values["c"].get<double>() > 0.5);
    ASSERT_EQ(values.contains("units"), b > 0);
    if (b > 0) {
      ASSERT_EQ(values["units"].size(), static_cast<std::size_t>(b));
    }
    const bool has_act = b > 0 && values["units"][0].get<std::int64_t>() > 8;
    ASSERT_EQ(values.contains("act"), has_act);
    if (has_act) {
      ASSERT_EQ(values["act"].size(), static_cast<std::size_t>(b));
    }
    deepest += values.contains("d") ? 1 : 0;
    absent += on ? 0 : 1;
  }
  EXPECT_GT(deepest, 100);
  EXPECT_GT(absent, 100);
}

// Laws over points drawn with any seed: JSON, text and the unit cube give the point back.
TEST(Space, PointsComeBackFromEveryForm) {
  const Space space = make_space(deep_parameters(), {"b < 3 or sum(units) <= 100"});
  EXPECT_TRUE(rc::check("JSON, text, unit cube", [&](std::uint64_t seed, std::uint16_t trial) {
    const Point point = space.draw({.seed = seed, .trial = trial});
    RC_ASSERT(space.satisfies_constraints(point));
    const auto from_json = space.from_json(space.to_json(point));
    RC_ASSERT(from_json.has_value());
    RC_ASSERT(*from_json == point);
    RC_ASSERT(space.from_text(Space::text_of(point)) == point);
    const auto parsed = base::parse_json(base::json_line(space.to_json(point)));
    RC_ASSERT(parsed.has_value());
    RC_ASSERT(space.from_json(*parsed).value() == point);
    std::vector<double> unit = space.to_unit(point);
    for (std::size_t i = 0; i < unit.size(); ++i) {
      RC_ASSERT(std::isnan(unit[i]) == std::isnan(point.values[i]));
      if (std::isnan(unit[i])) unit[i] = 0.5;
    }
    const Point back = space.from_unit(unit);
    for (std::size_t i = 0; i < unit.size(); ++i) {
      RC_ASSERT(std::isnan(back.values[i]) == std::isnan(point.values[i]));
      if (!std::isnan(back.values[i])) RC_ASSERT(std::fabs(back.values[i] - point.values[i]) < 1e-12);
    }
  }));
}

TEST(Space, DrawsOfOneKeyAreEqualAndSwitchingABranchShiftsNothing) {
  const Space space = make_space(deep_parameters());
  const Space other = make_space([] {
    auto parameters = deep_parameters();
    parameters[1].choices = {std::string("on")};  // Always on: more is active, the rest must not move.
    parameters[1].defaults = {std::string("on")};
    return parameters;
  }());
  for (std::uint64_t trial = 0; trial < 200; ++trial) {
    const base::StreamKey key{.seed = 72, .trial = trial};
    const Point point = space.draw(key);
    EXPECT_EQ(space.draw(key), point);
    EXPECT_EQ(other.draw(key).values.back(), point.values.back());
  }
}

TEST(Space, DimensionsHaveNames) {
  const Space space = make_space(deep_parameters());
  std::vector<std::string> names;
  for (std::size_t i = 0; i < space.dimensions().size(); ++i) names.push_back(space.dimension_name(i));
  EXPECT_EQ(names, (std::vector<std::string>{"d", "a", "b", "c", "units[0]", "units[1]", "units[2]", "act[0]", "act[1]",
                                             "act[2]", "flag"}));
}

TEST(Space, TightConstraintsAreObeyedByEveryDraw) {  // 1e-4 of the square, and of a thin diagonal.
  for (const char* constraint : {"abs(x - 0.42) <= 0.006 && abs(y - 0.61) <= 0.006", "abs(x - y) <= 0.00005"}) {
    const Space space = make_space({{.name = "x"}, {.name = "y"}}, {constraint});
    std::set<std::string> seen;
    for (std::uint64_t trial = 0; trial < 40; ++trial) {
      const Point point = space.draw({.seed = 73, .trial = trial});
      EXPECT_TRUE(space.satisfies_constraints(point)) << constraint << ", seed 73, trial " << trial;
      seen.insert(Space::text_of(point));
      const Point repaired = space.repair({{0.9, 0.1}}, {.seed = 73, .trial = trial});
      EXPECT_TRUE(space.satisfies_constraints(repaired)) << constraint << ", seed 73, trial " << trial;
    }
    EXPECT_GT(seen.size(), 20u) << constraint;
  }
}

TEST(Space, DrawsAreUniformOnWhatConstraintsLeave) {  // x <= y: the mean of x is 1/3, of y 2/3.
  constexpr int kDraws = 20000;
  const Space space = make_space({{.name = "x"}, {.name = "y"}}, {"x <= y"});
  double x = 0, y = 0;
  for (std::uint64_t trial = 0; trial < kDraws; ++trial) {
    const Point point = space.draw({.seed = 74, .trial = trial});
    x += point.values[0] / kDraws;
    y += point.values[1] / kDraws;
  }
  const double tolerance = 5 * std::sqrt(1.0 / 18 / kDraws);
  EXPECT_NEAR(x, 1.0 / 3, tolerance) << "seed 74";
  EXPECT_NEAR(y, 2.0 / 3, tolerance) << "seed 74";
}

TEST(Space, RepairLeavesAGoodPointAlone) {
  const Space space = make_space({{.name = "x"}, {.name = "y"}}, {"x <= y"});
  EXPECT_EQ(space.repair({{0.2, 0.4}}, {.seed = 1}), (Point{{0.2, 0.4}}));
}

std::string refusal(const Space& space, std::string_view text) {
  const auto point = space.from_json(json(text));
  return point ? "none" : point.error().message();
}

TEST(Space, FromJsonSaysWhatIsWrong) {
  const Space space =
      make_space({{.name = "opt", .kind = Kind::kCategorical, .choices = texts({"sgd", "adam"})},
                  {.name = "momentum", .high = 0.9, .when = "opt == 'sgd'"},
                  {.name = "layers", .kind = Kind::kInt, .low = 1, .high = 3},
                  {.name = "units", .kind = Kind::kInt, .low = 8, .high = 64, .step = 8.0, .repeat = "layers"}},
                 {"layers < 3 or units[0] < 64"});
  EXPECT_EQ(refusal(space, R"({"opt": "adam", "layers": 1, "units": [8]})"), "none");
  EXPECT_EQ(refusal(space, R"({"opt": "adam", "layers": 1.0, "units": [8]})"), "none");
  EXPECT_EQ(refusal(space, "[1]"),
            "parameters must be an object of names and values (found [1]); write them as {\"learning_rate\": 0.01}");
  EXPECT_EQ(refusal(space, R"({"momentun": 0.5})"), "unknown parameter 'momentun'; did you mean 'momentum'?");
  EXPECT_EQ(refusal(space, R"({"opt": "rmsprop"})"), "opt cannot be \"rmsprop\"; it is one of sgd, adam");
  EXPECT_EQ(refusal(space, R"({"opt": "sgd", "momentum": 1})"), "momentum cannot be 1; it is a number from 0 to 0.9");
  EXPECT_EQ(refusal(space, R"({"layers": 2.5})"), "layers cannot be 2.5; it is a whole number from 1 to 3");
  EXPECT_EQ(refusal(space, R"({"layers": "2"})"), "layers cannot be \"2\"; it is a whole number from 1 to 3");
  EXPECT_EQ(refusal(space, R"({"units": [9]})"), "units cannot be 9; it is a whole number from 8 to 64 in steps of 8");
  EXPECT_EQ(refusal(space, R"({"units": 8})"),
            "units cannot be 8; it is a list of up to 3 values, one for each of layers");
  EXPECT_EQ(refusal(space, R"({"opt": "sgd", "layers": 1, "units": [8]})"),
            "momentum is missing; give every parameter whose condition holds");
  EXPECT_EQ(refusal(space, R"({"opt": "adam", "momentum": 0.5, "layers": 1, "units": [8]})"),
            "momentum does not exist here (when: opt == 'sgd'); leave it out");
  EXPECT_EQ(refusal(space, R"({"opt": "adam", "layers": 2, "units": [8]})"),
            "units[1] is missing; give every parameter whose condition holds");
  EXPECT_EQ(refusal(space, R"({"opt": "adam", "layers": 1, "units": [8, 8]})"),
            "units[1] does not exist here; leave it out");
  EXPECT_EQ(refusal(space, R"({"opt": "adam", "layers": 3, "units": [64, 8, 8]})"),
            "the constraint 'layers < 3 or units[0] < 64' does not hold for "
            "{\"opt\":\"adam\",\"layers\":3,\"units\":[64,8,8]}; change a value that it names");
  for (const char* text : {R"({"opt": null})", R"({"opt": ["sgd"]})", R"({"layers": "NaN"})", R"({"layers": true})",
                           R"({"units": [8,8,8,8]})", R"({"units": {}})", R"({"units": [null]})", "null", "3"}) {
    EXPECT_NE(refusal(space, text), "none") << text;
  }
}

TEST(Space, CompleteKeepsWhatIsGivenAndFillsTheRest) {
  const Space space = make_space(deep_parameters(), {"b != 1"});
  for (std::uint64_t trial = 0; trial < 100; ++trial) {
    const base::StreamKey key{.seed = 75, .trial = trial};
    const Point otherwise = space.draw(key);
    const auto point = space.complete(json(R"({"a": "on", "b": 3, "flag": 0.5})"), otherwise, key);
    ASSERT_TRUE(point) << point.error().message();
    const Json values = space.to_json(*point);
    EXPECT_EQ(values["a"], "on");
    EXPECT_EQ(values["b"], 3);
    EXPECT_EQ(values["flag"], 0.5);
    EXPECT_EQ(values["units"].size(), 3u);
    EXPECT_TRUE(space.from_json(values)) << values;
    EXPECT_EQ(space.complete(json(R"({"a": "on", "b": 3, "flag": 0.5})"), otherwise, key).value(), *point);
    EXPECT_EQ(space.complete(Json::object(), otherwise, key).value(), otherwise);
  }
}

TEST(Space, CompleteRefusesWhatCannotBe) {
  const Space space = make_space(deep_parameters(), {"b != 1"});
  const Point otherwise = space.draw({.seed = 76});
  const auto refused = [&](std::string_view text) {
    const auto point = space.complete(json(text), otherwise, {.seed = 76});
    return point ? std::string("none") : point.error().message();
  };
  EXPECT_EQ(refused(R"({"a": "off", "b": 2})"), "b does not exist with the values given; change the values given");
  EXPECT_EQ(refused(R"({"a": "on", "b": 1})"),
            "no configuration with {\"a\":\"on\",\"b\":1} satisfies the constraints; change the values given");
  EXPECT_EQ(refused(R"({"e": 1})").substr(0, 21), "unknown parameter 'e'");
}

TEST(Space, DefaultsAreAPointOrNothing) {
  const Space space = make_space(deep_parameters());
  const auto defaults = space.defaults();
  ASSERT_TRUE(defaults);
  EXPECT_EQ(base::json_line(space.to_json(*defaults)),
            R"({"d":0.25,"a":"on","b":2,"c":0.75,"units":[8,8],"flag":true})");
  auto parameters = deep_parameters();
  parameters.back().defaults.clear();
  EXPECT_FALSE(make_space(parameters).defaults());
  EXPECT_FALSE(make_space(deep_parameters(), {"b < 2"}).defaults());
}

TEST(Space, DefaultsOfAnInactiveParameterAreNotNeeded) {
  const Space space = make_space(
      {{.name = "a", .kind = Kind::kCategorical, .choices = texts({"x", "y"}), .defaults = {std::string("x")}},
       {.name = "b", .when = "a == 'y'"}});
  ASSERT_TRUE(space.defaults());
  EXPECT_EQ(base::json_line(space.to_json(*space.defaults())), R"({"a":"x"})");
}

TEST(Space, EnumerateGivesEachConfigurationOnce) {
  const Space space =
      make_space({{.name = "n", .kind = Kind::kInt, .low = 0, .high = 2},
                  {.name = "u", .kind = Kind::kCategorical, .choices = texts({"p", "q"}), .repeat = "n"},
                  {.name = "one", .kind = Kind::kOrdinal, .choices = {1.0}}});
  const auto all = space.enumerate(0, 100);
  ASSERT_TRUE(all);
  std::vector<std::string> found;
  for (const Point& point : *all) found.push_back(Space::text_of(point));
  EXPECT_EQ(found, (std::vector<std::string>{"0,,,0", "1,0,,0", "1,1,,0", "2,0,0,0", "2,0,1,0", "2,1,0,0", "2,1,1,0"}));
  EXPECT_FALSE(space.enumerate(0, 6));
  EXPECT_TRUE(space.enumerate(0, 7));
  EXPECT_EQ(space.count_at_most(0), 12);
  EXPECT_TRUE(std::isinf(make_space({{.name = "x"}}).count_at_most(0)));
  EXPECT_FALSE(make_space({{.name = "x"}}).enumerate(0, 100));
}

TEST(Space, FromTextRefusesWhatIsNoPoint) {
  const Space space = make_space({{.name = "x"}, {.name = "n", .kind = Kind::kInt, .low = 1, .high = 9}});
  EXPECT_EQ(space.from_text("0.5,3"), (Point{{0.5, 3}}));
  for (const char* text : {"", "0.5", "0.5,3,1", "0.5,3,", "0.5,3.5", "2,3", "x,3", "0.5;3", "0.5,nan", " 0.5,3"}) {
    EXPECT_FALSE(space.from_text(text)) << "'" << text << "'";
  }
}

TEST(Space, OfNoParametersHasOnePoint) {
  const Space space = make_space({});
  EXPECT_EQ(space.to_json(space.draw({.seed = 1})), Json::object());
  EXPECT_TRUE(space.from_json(Json::object()));
  EXPECT_EQ(space.enumerate(0, 10)->size(), 1u);
  EXPECT_TRUE(space.from_text(""));
  EXPECT_FALSE(space.from_text("1"));
}

}  // namespace
}  // namespace sterlet::space
