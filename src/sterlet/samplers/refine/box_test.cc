// The rules by which a box follows another, each on a case made for it.

#include "sterlet/samplers/refine/box.h"

#include <gtest/gtest.h>

namespace sterlet::samplers {
namespace {

using space::Kind;
using space::Space;

constexpr double kShrink = 0.4;
const double kNaN = std::numeric_limits<double>::quiet_NaN();

Space make_space(std::vector<space::Parameter> parameters) {
  auto space = Space::make(std::move(parameters), {});
  if (!space) ADD_FAILURE() << space.error().front().error.message();
  return std::move(*space);
}

Box box_of(int level, double low, double high) {
  return {.level = level, .low = {low}, .high = {high}, .chances = {{}}};
}

// The next box of one parameter after elites there, best first, all of equal weight.
Box after(const Space& space, const Box& last, const Box& before, const std::vector<double>& units,
          double failed_share = 0, bool is_last = false) {
  Elites elites{.has_best = true};
  BoxEvidence evidence{.elites = elites, .tries = {std::vector<std::int64_t>(8, 10)}};
  evidence.failed_share = failed_share;
  evidence.is_last = is_last;
  for (const double unit : units) {
    elites.trials.push_back(elites.trials.size());
    elites.weights.push_back(1 / static_cast<double>(units.size()));
    evidence.units.push_back({unit});
  }
  return next_box(space, std::vector<Warp>(last.low.size()), last, before, evidence, kShrink);
}

const Space& line() {
  static const Space space = make_space({{.name = "x"}});
  return space;
}

TEST(RefineBox, ShrinksAboutElitesThatAgree) {
  const Box whole = whole_box(line());
  const Box box = after(line(), whole, whole, {0.6, 0.55, 0.65, 0.6, 0.62});
  EXPECT_EQ(box.level, 1);
  EXPECT_NEAR(box.half(0), kShrink * 0.5, 1e-12);  // No further at once.
  EXPECT_NEAR(box.centre(0), 0.6, 0.01);
}

TEST(RefineBox, KeepsItsWidthWhereElitesDoNotCare) {
  const Box whole = whole_box(line());
  const Box box = after(line(), whole, whole, {0.45, 0.05, 0.25, 0.7, 0.95, 0.6});
  EXPECT_EQ(box.half(0), 0.5);
}

TEST(RefineBox, APileUpShrinksToAFifth) {
  const Box whole = whole_box(line());
  const Box box = after(line(), whole, whole, {0.01, 0.012, 0.011, 0.009});
  EXPECT_NEAR(box.half(0), 0.1, 1e-12);
  EXPECT_EQ(box.low[0], 0.0);
}

TEST(RefineBox, GrowsWhereTheBestLiesAtAFace) {
  const Box last = box_of(2, 0.4, 0.6);
  const Box box = after(line(), last, box_of(1, 0.2, 0.8), {0.595, 0.58, 0.57, 0.59});
  EXPECT_NEAR(box.half(0), 0.15, 1e-12);
  EXPECT_NEAR(box.centre(0), 0.595, 1e-12);
}

TEST(RefineBox, TheSpacesOwnFaceIsNoReasonToGrow) {
  const Box last = box_of(2, 0, 0.2);
  const Box box = after(line(), last, box_of(1, 0, 0.5), {0.001, 0.05, 0.02, 0.04});
  EXPECT_LT(box.half(0), 0.1);
  EXPECT_EQ(box.low[0], 0.0);
}

TEST(RefineBox, ReturnsToTheFormerWidthAboutABetterTrialOutside) {
  const Box last = box_of(2, 0.4, 0.6);
  const Box box = after(line(), last, box_of(1, 0.3, 0.7), {0.85, 0.5, 0.51, 0.49});
  EXPECT_NEAR(box.half(0), 0.2, 1e-12);
  EXPECT_NEAR(box.high[0], 1.0, 1e-12);  // 0.85 + 0.2, pushed inside.
}

TEST(RefineBox, GrowsWhereMostTrialsFail) {
  const Box last = box_of(2, 0.4, 0.6);
  const Box box = after(line(), last, box_of(1, 0.2, 0.8), {0.5, 0.51, 0.49, 0.5}, 0.6);
  EXPECT_NEAR(box.half(0), 0.15, 1e-12);
}

TEST(RefineBox, FewerThanThreeElitesAreNoEvidence) {
  const Box last = box_of(2, 0.4, 0.6);
  const Box box = after(line(), last, last, {0.5, 0.51, kNaN, kNaN});
  EXPECT_EQ(box.low[0], 0.0);
  EXPECT_EQ(box.high[0], 1.0);
}

TEST(RefineBox, LeavesThreeLevelsOfAnIntegerUntilTheLastBox) {
  const Space space = make_space({{.name = "n", .kind = Kind::kInt, .low = 0, .high = 9}});
  const Box last = box_of(3, 0.5, 0.6);
  const std::vector<double> fives{0.55, 0.55, 0.55, 0.55};
  const Box box = after(space, last, last, fives);
  EXPECT_EQ(space.axis(0).value(box.low[0] + 1e-9), 4);
  EXPECT_EQ(space.axis(0).value(box.high[0] - 1e-9), 6);
  const Box final_box = after(space, last, last, fives, 0, true);
  EXPECT_EQ(space.axis(0).value(final_box.low[0]), 5);
  EXPECT_EQ(space.axis(0).value(final_box.high[0]), 5);
}

TEST(RefineBox, AnIntegerOfABillionLevelsCostsNothing) {
  const Space space =
      make_space({{.name = "n", .kind = Kind::kInt, .low = 1, .high = 1e9, .scale = space::Scale::kLog}});
  const Box whole = whole_box(space);
  const Box box = after(space, whole, whole, {0.5, 0.51, 0.49, 0.5});
  EXPECT_NEAR(box.half(0), 0.2, 1e-9);
}

TEST(RefineBox, ChoicesGetTheShareOfTheElitesAndAnOpenRest) {
  const Space space = make_space({{.name = "c", .kind = Kind::kCategorical, .choices = {"a", "b", "c", "d"}}});
  const Box whole = whole_box(space);
  const Box box = after(space, whole, whole, {0.125, 0.125, 0.125, 0.375});
  const double open = 0.3 * 0.6;
  EXPECT_NEAR(box.chances[0][0], open / 4 + (1 - open) * 0.75, 1e-12);
  EXPECT_NEAR(box.chances[0][1], open / 4 + (1 - open) * 0.25, 1e-12);
  EXPECT_NEAR(box.chances[0][2], open / 4, 1e-12);
}

}  // namespace
}  // namespace sterlet::samplers
