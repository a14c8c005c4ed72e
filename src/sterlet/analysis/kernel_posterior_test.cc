#include "sterlet/analysis/kernel_posterior.h"

#include <gtest/gtest.h>

#include <cmath>

namespace sterlet::analysis {
namespace {

double kernel(const KernelPosterior::Row& a, const KernelPosterior::Row& b) {
  return std::exp(-0.5 * (a[0] - b[0]) * (a[0] - b[0])) * (a[1] == b[1] ? 1 : 0.25);
}

// Two rows: the inverse of [[1 + v, c], [c, 1 + v]] is known.
TEST(KernelPosterior, OfTwoRowsIsAsByHand) {
  const ProcessInput input{.ordered = {{0, 1}}, .unordered = {{2, 3}}, .results = {5, 7}};
  const double v = 0.5, c = 0.25 * std::exp(-0.5), determinant = (1 + v) * (1 + v) - c * c;
  const double first = -1, second = 1;  // The results, prepared.
  const auto posterior = KernelPosterior::of(input, {first, second}, v, kernel);
  ASSERT_TRUE(posterior);
  EXPECT_EQ(posterior->rows, (std::vector<KernelPosterior::Row>{{0, 2}, {1, 3}}));
  const double w0 = ((1 + v) * first - c * second) / determinant, w1 = ((1 + v) * second - c * first) / determinant;
  EXPECT_NEAR(posterior->weights[0], w0, 1e-14);
  EXPECT_NEAR(posterior->expected(0), w0 + c * w1, 1e-14);
  EXPECT_NEAR(posterior->expected(1), c * w0 + w1, 1e-14);

  // The prediction at the first row, and half of that at the second.
  const std::vector<double> with_rows{1, c, c / 2, 0.5};
  ProcessProfile profile{.mean = {0, 0}, .covariance = {1, c / 2, c / 2, 0.25}};
  posterior->condition(with_rows, profile);
  EXPECT_NEAR(profile.mean[0], posterior->expected(0), 1e-14);
  EXPECT_NEAR(profile.mean[1], posterior->expected(1) / 2, 1e-14);
  EXPECT_NEAR(profile.covariance[0], 1 - ((1 + v) * (1 + c * c) - 2 * c * c) / determinant, 1e-14);
  EXPECT_NEAR(profile.covariance[1], c / 2 - (2 * (1 + v) * c - c - c * c * c) / (2 * determinant), 1e-14);
  EXPECT_NEAR(profile.covariance[2], profile.covariance[1], 1e-14);
  EXPECT_NEAR(profile.covariance[3], profile.covariance[0] / 4, 1e-14);
}

TEST(KernelPosterior, IsNothingWhereTwoRowsCannotBeToldApart) {
  const ProcessInput input{.ordered = {{0.5, 0.5}}, .unordered = {{0, 0}}, .results = {1, 2}};
  EXPECT_FALSE(KernelPosterior::of(input, {-1, 1}, 0, kernel));
}

}  // namespace
}  // namespace sterlet::analysis
