#include "sterlet/analysis/bowl.h"

#include <cmath>

#include <gtest/gtest.h>

#include "sterlet/base/rng.h"

namespace sterlet::analysis {
namespace {

// 60 trials of two columns with noise of some hundredths: the first does what `own` says, the other lies in a bowl.
template <typename Own>
ProcessInput study(std::uint64_t seed, Own own) {
  base::RandomStream stream({.seed = seed, .stream = base::Stream::kPractice});
  ProcessInput input{.ordered = std::vector<std::vector<double>>(2)};
  for (int i = 0; i < 60; ++i) {
    const double x = stream.uniform(), y = stream.uniform();
    input.ordered[0].push_back(x);
    input.ordered[1].push_back(y);
    input.results.push_back(own(x) + (y - 0.4) * (y - 0.4) + 0.02 * stream.normal());
  }
  return input;
}

double mass_near(const Bowl& bowl, double place) {
  double sum = 0;
  for (std::size_t i = 0; i < bowl.places.size(); ++i) {
    if (std::fabs(bowl.places[i] - place) < 0.16) sum += bowl.mass[i];
  }
  return sum;
}

TEST(Bowl, KnowsWhereItsBestPlaceLies) {
  for (const double place : {0.3, 0.7, 1.2, -0.2}) {
    double near = 0;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
      const ProcessInput input = study(seed, [&](double x) { return (x - place) * (x - place); });
      const auto model = ResponseModel::fit(input, {});
      ASSERT_TRUE(model.has_value());
      const auto bowl = fit_bowl(*model, 0, input.ordered[0], 0, 1);
      ASSERT_TRUE(bowl.has_value());
      double sum = 0;
      for (const double mass : bowl->mass) sum += mass;
      EXPECT_NEAR(sum, 1, 1e-9);
      near += mass_near(*bowl, place) / 10;
      for (const bool is_high : {false, true}) {
        const bool is_there = is_high ? place > 1 : place < 0;
        EXPECT_EQ(bowl->at_end(is_high) > 0.5, is_there) << seed << " " << place << " " << is_high;
      }
    }
    EXPECT_GT(near, 0.4) << place;  // Before a result it is 13 places of 73.
  }
}

// A range other than [0, 1], as ints of few values have one.
TEST(Bowl, IsTheSameInAnyRange) {
  ProcessInput input = study(5, [](double x) { return (x - 0.35) * (x - 0.35); });
  const auto model = ResponseModel::fit(input, {});
  ASSERT_TRUE(model.has_value());
  const auto whole = fit_bowl(*model, 0, input.ordered[0], 0, 1), half = fit_bowl(*model, 0, input.ordered[0], 0.25, 1);
  ASSERT_TRUE(whole && half);
  EXPECT_NEAR(whole->places.front(), -0.4, 1e-9);
  EXPECT_NEAR(half->places.front(), 0.25 - 0.3, 1e-9);
  EXPECT_NEAR(half->places.back(), 1.3, 1e-9);
  EXPECT_GT(half->at_end(false), whole->at_end(false));  // Its end is nearer.
}

// Of a column on the scale on which it is one, beside the same column on another.
TEST(Bowl, IsLikelierOnItsOwnScale) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const ProcessInput own = study(seed, [](double x) { return (x - 0.6) * (x - 0.6); });
    ProcessInput other = own;
    for (double& x : other.ordered[0]) x = std::expm1(5 * x) / std::expm1(5);
    const auto of_own = ResponseModel::fit(own, {}), of_other = ResponseModel::fit(other, {});
    ASSERT_TRUE(of_own && of_other);
    EXPECT_GT(fit_bowl(*of_own, 0, own.ordered[0], 0, 1)->log_evidence,
              fit_bowl(*of_other, 0, other.ordered[0], 0, 1)->log_evidence)
        << seed;
  }
}

}  // namespace
}  // namespace sterlet::analysis
