#include "sterlet/math/least_squares.h"

#include <array>

#include <gtest/gtest.h>

#include "sterlet/base/rng.h"

namespace sterlet::math {
namespace {

TEST(LeastSquares, FindsTheUnknownsOfExactRows) {
  const std::array<double, 4> truth{3, -2, 0.5, 1e-3};
  base::RandomStream stream({.seed = 1});
  LeastSquares fit(4);
  for (int i = 0; i < 12; ++i) {
    std::array<double, 4> row{};
    double result = 0;
    for (std::size_t j = 0; j < 4; ++j) {
      row[j] = stream.uniform();
      result += row[j] * truth[j];
    }
    fit.add(row, result, 1 + stream.uniform());
  }
  const auto solution = fit.solve();
  ASSERT_TRUE(solution.has_value());
  for (std::size_t j = 0; j < 4; ++j) EXPECT_NEAR((*solution)[j], truth[j], 1e-10);
}

TEST(LeastSquares, WeighsRows) {
  LeastSquares fit(1);
  fit.add(std::array{1.0}, 0, 3);
  fit.add(std::array{1.0}, 8, 1);
  EXPECT_NEAR(fit.solve()->front(), 2, 1e-15);
  EXPECT_NEAR(fit.inverse()->front(), 0.25, 1e-15);
  fit.pull(0, 4);
  EXPECT_NEAR(fit.solve()->front(), 1, 1e-15);
  fit.pull(0, 8, 3);
  EXPECT_NEAR(fit.solve()->front(), 2, 1e-15);
}

// With y = a + b x at x = 0, 1, 2 the covariance is known by hand.
TEST(LeastSquares, InvertsItsMatrix) {
  LeastSquares fit(2);
  for (const double x : {0.0, 1.0, 2.0}) fit.add(std::array{1.0, x}, x);
  const auto inverse = fit.inverse();
  ASSERT_TRUE(inverse.has_value());
  const std::array<double, 4> expected{5.0 / 6, -0.5, -0.5, 0.5};
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR((*inverse)[i], expected[i], 1e-14);
}

TEST(LeastSquares, IsNothingWhereTheRowsDoNotDecide) {
  LeastSquares fit(2);
  EXPECT_FALSE(fit.solve().has_value());
  fit.add(std::array{1.0, 2.0}, 1);
  fit.add(std::array{2.0, 4.0}, 2);
  EXPECT_FALSE(fit.solve().has_value());
  EXPECT_FALSE(fit.inverse().has_value());
  fit.pull(1, 1e-3);
  EXPECT_TRUE(fit.solve().has_value());
}

}  // namespace
}  // namespace sterlet::math
