#include "sterlet/samplers/families.h"

#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "sterlet/samplers/registry.h"

namespace sterlet::samplers {
namespace {

using space::History;
using space::Kind;
using space::Outcome;
using space::Point;
using space::Space;

Space make_space(std::vector<space::Parameter> parameters, const std::vector<std::string>& constraints = {}) {
  auto space = Space::make(std::move(parameters), constraints);
  if (!space) ADD_FAILURE() << space.error().front().error.message();
  return std::move(*space);
}

Space families() {
  return make_space({{.name = "family", .kind = Kind::kCategorical, .choices = {"a", "b", "c"}},
                     {.name = "solver", .kind = Kind::kCategorical, .choices = {"p", "q"}, .when = "family == \"b\""},
                     {.name = "x", .when = "family == \"a\""},
                     {.name = "y", .when = "solver == \"q\""},
                     {.name = "z", .when = "family == \"c\""},
                     {.name = "unrelated", .kind = Kind::kCategorical, .choices = {"u", "v"}}});
}

// A trial of a family (and solver, or nothing) with that value.
void tell(const Space& space, History& history, double family, double solver, double value) {
  const auto number = static_cast<std::int64_t>(history.size());
  std::vector<double> unit = space.to_unit(space.draw({.seed = 7, .trial = history.size()}));
  for (double& u : unit) u = std::isnan(u) ? 0.3 : u;
  unit[0] = (family + 0.5) / 3;
  unit[1] = (solver + 0.5) / 2;
  history.append({.number = number, .point = space.from_unit(unit)});
  history.update(number, Outcome::kComplete, {value}, {}, 0);
}

UnitTable table_of(const Space& space, const History& history) {
  UnitTable table(space.dimensions().size());
  table.extend(space, history);
  return table;
}

// The turn that comes next in a tree, as the rule has it.
Family next_turn(const Space& space, const History& history) {
  const Families families(space);
  const UnitTable table = table_of(space, history);
  for (std::uint64_t number = 30; number < 60; ++number) {
    Family family = families.in_turn(history, table, number);
    if (!family.empty()) return family;
  }
  return {};
}

TEST(Families, AFamilyThatWasNeverTriedIsLookedAtFirst) {
  const Space space = families();
  History history;
  for (int i = 0; i < 4; ++i) tell(space, history, 0, 0, 1.0 + 0.1 * i);
  for (int i = 0; i < 4; ++i) tell(space, history, 2, 0, 2.0 + 0.1 * i);
  const Family family = next_turn(space, history);
  ASSERT_EQ(family.size(), 1u);
  EXPECT_EQ(family[0].dimension, 0u);
  EXPECT_EQ(family[0].level, 1u);
}

// The first family is polished in the fourth digit; the third was seen six times, nearly as good and far apart.
TEST(Families, AFamilyThatMayYetWinIsPreferredToOneThatIsPolished) {
  const Space space = families();
  History history;
  for (int i = 0; i < 30; ++i) tell(space, history, 0, 0, 1.570 + 0.0001 * i);
  for (const double value : {1.62, 1.75, 1.9, 2.4, 2.0, 2.2}) tell(space, history, 2, 0, value);
  for (const double value : {3.0, 3.1, 3.2, 3.1, 3.3, 3.2}) tell(space, history, 1, 0, value);
  const Family family = next_turn(space, history);
  ASSERT_FALSE(family.empty());
  EXPECT_EQ(family[0].level, 2u);
}

TEST(Families, AFamilyThatIsFarBehindIsLeftAlone) {
  const Space space = families();
  History history;
  for (int i = 0; i < 12; ++i) tell(space, history, 0, 0, 1.0 + 0.05 * i);
  for (int i = 0; i < 12; ++i) tell(space, history, 2, 0, 1.2 + 0.01 * i);
  for (int i = 0; i < 12; ++i) tell(space, history, 1, i % 2, 9.0 + 0.1 * i);
  const Family family = next_turn(space, history);
  ASSERT_FALSE(family.empty());
  EXPECT_NE(family[0].level, 1u);
}

TEST(Families, GoDownTheTree) {
  const Space space = families();
  History history;
  for (int i = 0; i < 8; ++i) tell(space, history, 0, 0, 5.0 + i);
  for (int i = 0; i < 8; ++i) tell(space, history, 2, 0, 6.0 + i);
  for (int i = 0; i < 8; ++i) tell(space, history, 1, 0, 1.0 + 0.1 * i);
  const Family family = next_turn(space, history);
  ASSERT_EQ(family.size(), 2u);
  EXPECT_EQ(family[0].level, 1u);
  EXPECT_EQ(family[1].dimension, 1u);
  EXPECT_EQ(family[1].level, 1u);  // Of which nothing is known.
}

TEST(Families, DrawsLieInTheFamilyAndAreNew) {
  const Space space = families();
  const Families families(space);
  History history;
  const Family family{{.dimension = 0, .level = 1, .unit = 0.5}, {.dimension = 1, .level = 1, .unit = 0.75}};
  for (std::uint64_t trial = 0; trial < 20; ++trial) {
    const auto point = families.draw(family, history, trial == 0, {.seed = 3, .trial = trial});
    ASSERT_TRUE(point);
    EXPECT_TRUE(is_in(family, space.to_unit(*point)));
    EXPECT_FALSE(history.contains(*point));
    if (trial == 0) {
      EXPECT_DOUBLE_EQ(point->values[3], 0.5);  // y, in the middle.
    }
    history.append({.number = static_cast<std::int64_t>(trial), .point = *point});
  }
}

TEST(Families, WithoutChoicesThereAreNone) {
  const Space space = make_space({{.name = "x"}, {.name = "n", .kind = Kind::kInt, .low = 1, .high = 3}});
  History history;
  EXPECT_TRUE(Families(space).in_turn(history, table_of(space, history), 0).empty());
}

// Three families, each with a best point of its own; the best family's is narrow, so that its first looks are no better
// than the second best family's, which is flat.
struct Stay {
  double best_family = 0;
  int looks = 0;  // At the best family.
};

Stay stay_of(const char* name, const Space& space, std::uint64_t seed) {
  const auto value_of = [](const std::vector<double>& p) {
    if (p[0] == 0) return 1.0 + 0.02 * std::abs(p[1] - 0.3);
    if (p[0] == 1) return 0.8 + 2 * std::abs(p[2] - 0.8) + std::abs(p[3] - 0.25);
    return 1.5 + p[4];
  };
  const auto sampler = make(name, space, base::Json::object(), {.seed = seed});
  EXPECT_TRUE(sampler);
  History history;
  double best = 1e9;
  Stay stay;
  for (std::int64_t i = 0; i < 60; ++i) {
    auto suggestion = (*sampler)->suggest(history, {.seed = seed, .trial = static_cast<std::uint64_t>(i)});
    const double value = value_of(suggestion.point.values), family = suggestion.point.values[0];
    stay.looks += family == 1 ? 1 : 0;
    if (value < best) {
      best = value;
      stay.best_family = family;
    }
    history.append({.number = i, .point = std::move(suggestion.point), .origin = suggestion.origin});
    history.update(i, Outcome::kComplete, {value}, {}, 0);
  }
  return stay;
}

TEST(Families, KeepSamplersFromStayingInTheFirstGoodOne) {
  const Space space = make_space({{.name = "family", .kind = Kind::kCategorical, .choices = {"a", "b", "c"}},
                                  {.name = "x", .when = "family == \"a\""},
                                  {.name = "y", .when = "family == \"b\""},
                                  {.name = "w", .when = "family == \"b\""},
                                  {.name = "z", .when = "family == \"c\""}});
  for (const std::string name : {"tpe", "gp", "auto"}) {
    int found = 0;
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
      const Stay stay = stay_of(name.c_str(), space, seed);
      EXPECT_GE(stay.looks, 5) << "about log2 of 60; " << name << ", seed " << seed;
      found += stay.best_family == 1 ? 1 : 0;
    }
    EXPECT_GE(found, name == "tpe" ? 7 : 10) << name << ", seeds 1 to 12";
  }
}

}  // namespace
}  // namespace sterlet::samplers
