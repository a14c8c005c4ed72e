#include "sterlet/math/dense.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "sterlet/base/rng.h"

namespace sterlet::math {
namespace {

constexpr std::uint64_t kSeed = 17;

// Upper triangle of B B' + I, B random: a row a padded stride of n + 2.
std::vector<double> positive_matrix(std::size_t n) {
  base::RandomStream stream({.seed = kSeed, .trial = n});
  const std::size_t s = padded(n + 2);
  std::vector<double> b(n * n), a(n * s, 0.0);
  for (double& x : b) x = stream.uniform() - 0.5;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i; j < n; ++j) {
      for (std::size_t k = 0; k < n; ++k) a[i * s + j] += b[i * n + k] * b[j * n + k];
      if (i == j) a[i * s + j] += 1;
    }
  }
  return a;
}

TEST(Dense, FactorInverseAndSolutionsAgreeWithTheirDefinitions) {
  for (const std::size_t n : {1u, 2u, 3u, 4u, 5u, 15u, 16u, 17u, 50u, 83u}) {
    SCOPED_TRACE(n);
    const std::size_t s = padded(n + 2);
    const std::vector<double> a = positive_matrix(n);
    std::vector<double> upper = a, x(n * s, 0.0), inverse(n * s, 0.0);
    for (std::size_t i = 0; i < n; ++i) upper[i * s + n] = std::cos(static_cast<double>(3 * i));
    ASSERT_EQ(factor(upper.data(), s, 0, n, n + 1, 0), n);
    invert(upper.data(), s, 0, n, x.data(), s);
    square_inverse(x.data(), s, n, inverse.data(), s);
    const auto symmetric = [&](const std::vector<double>& of, std::size_t i, std::size_t j) {
      return i <= j ? of[i * s + j] : of[j * s + i];
    };
    for (const std::size_t width : {4u, 8u, 12u}) {
      std::vector<double> b(n * width), forward(n * width), both(n * width), product(n * width);
      for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t r = 0; r < width; ++r) b[i * width + r] = std::cos(static_cast<double>(r + 3 * i));
      }
      multiply_lower(x.data(), s, n, b.data(), forward.data(), width);
      multiply_lower_transposed(x.data(), s, n, forward.data(), both.data(), width);
      std::vector<double> whole = a;
      for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < i; ++j) whole[i * s + j] = a[j * s + i];
      }
      multiply(whole.data(), s, n, n, both.data(), product.data(), width);
      for (std::size_t i = 0; i < n * width; ++i) EXPECT_NEAR(product[i], b[i], 1e-11);
      std::vector<double> one(n);
      for (std::size_t i = 0; i < n; ++i) one[i] = b[i * width];
      solve_forward(upper.data(), s, n, one.data());
      for (std::size_t i = 0; i < n; ++i) EXPECT_EQ(one[i], upper[i * s + n]);  // As a right side has it.
      for (std::size_t i = 0; i < n; ++i) EXPECT_NEAR(one[i], forward[i * width], 1e-12);
      solve_backward(upper.data(), s, n, one.data());
      for (std::size_t i = 0; i < n; ++i) EXPECT_NEAR(one[i], both[i * width], 1e-12);
    }
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = i; j < n; ++j) {
        double product = 0, identity = 0;
        for (std::size_t k = 0; k <= i; ++k) product += upper[k * s + i] * upper[k * s + j];
        for (std::size_t k = 0; k < n; ++k) identity += symmetric(a, i, k) * symmetric(inverse, k, j);
        EXPECT_NEAR(product, a[i * s + j], 1e-13 * static_cast<double>(n));
        EXPECT_NEAR(identity, i == j ? 1 : 0, 1e-12 * static_cast<double>(n));
      }
    }
    mirror(inverse.data(), s, n);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < i; ++j) EXPECT_EQ(inverse[i * s + j], inverse[j * s + i]);
    }
  }
}

TEST(Dense, AMatrixGrownInPiecesHasTheSameBits) {
  constexpr std::size_t n = 61;
  const std::size_t s = padded(n + 2);
  const std::vector<double> a = positive_matrix(n);
  std::vector<double> whole = a, grown(n * s, 0.0), x(n * s, 0.0), x_grown(n * s, 0.0);
  ASSERT_EQ(factor(whole.data(), s, 0, n, n, 0), n);
  invert(whole.data(), s, 0, n, x.data(), s);
  std::size_t first = 0;
  for (const std::size_t to : {1u, 2u, 5u, 9u, 10u, 30u, 43u, 61u}) {
    for (std::size_t j = first; j < to; ++j) {
      std::vector<double> column(first);
      for (std::size_t i = 0; i < first; ++i) column[i] = a[i * s + j];
      solve_forward(grown.data(), s, first, column.data());
      for (std::size_t i = 0; i < first; ++i) grown[i * s + j] = column[i];
    }
    for (std::size_t i = first; i < to; ++i) {
      for (std::size_t j = i; j < to; ++j) grown[i * s + j] = a[i * s + j];
    }
    ASSERT_EQ(factor(grown.data(), s, first, to, to, 0), to);
    invert(grown.data(), s, first, to, x_grown.data(), s);
    first = to;
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i; j < n; ++j) EXPECT_EQ(whole[i * s + j], grown[i * s + j]);
  }
  EXPECT_EQ(x, x_grown);
}

TEST(Dense, APivotThatIsTooSmallIsNamed) {
  std::vector<double> a = {4, 2, 0, 0, 0, 1, 0, 0, 0, 0, 5, 0};  // Rows 0 and 1 are parallel.
  EXPECT_EQ(factor(a.data(), 4, 0, 3, 3, 1e-12), 1u);
}

TEST(Dense, ExponentialsAgreeWithTheLibrary) {
  for (double x = -699; x < 699; x += 0.37) EXPECT_NEAR(portable_exp(x) / std::exp(x), 1, 1e-15) << x;
}

TEST(Dense, LogarithmsAgreeWithTheLibrary) {
  for (const double t : {-12.0, -1.0, -1e-3, 0.01, 0.7, 5.0, 12.0}) {
    for (double x = 0; x <= 1; x += 0.00037) {
      const std::vector<double> in = {x, x * x, 1 - x, 1e-9 * x};
      std::vector<double> out(4);
      scaled_log1p(in.data(), 4, std::expm1(t), t, out.data());
      for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_NEAR(out[i] * t, std::log1p(std::expm1(t) * in[i]), 4e-16 * (1 + std::abs(t))) << t << " " << in[i];
      }
    }
  }
}

// Three numeric features and a category, 5 centres and 20 points.
TEST(Dense, MomentsOfExponentialsAgreeWithTheLibrary) {
  base::RandomStream stream({.seed = kSeed});
  for (const std::size_t n : {0u, 1u, 3u, 4u, 5u, 8u, 61u}) {
    for (const double factor : {-3.0, -0.5, 1e-3, 2.0}) {
      std::vector<double> x(n);
      double sum = 1, square = 2, expected_sum = 1, expected_square = 2;  // Added to what is there.
      for (double& one : x) {
        one = 4 * stream.uniform();
        expected_sum += std::expm1(factor * one);
        expected_square += std::pow(std::expm1(factor * one), 2);
      }
      add_exp_moments(x.data(), n, factor, &sum, &square);
      EXPECT_NEAR(sum, expected_sum, 1e-13 * (1 + std::abs(expected_sum))) << n << " of factor " << factor;
      EXPECT_NEAR(square, expected_square, 1e-13 * (1 + expected_square)) << n << " of factor " << factor;
    }
  }
}

TEST(Dense, MaternAgreesWithItsFormulaAndMomentsWithTheirSums) {
  constexpr std::size_t kCentres = 5, kPoints = 20, kFeatures = 4, kStride = 8;
  base::RandomStream stream({.seed = kSeed});
  std::vector<double> centres(kFeatures * kStride), points(kFeatures * kPoints);
  for (double& x : centres) x = stream.uniform();
  for (double& x : points) x = stream.uniform();
  for (std::size_t i = 0; i < kCentres; ++i) centres[3 * kStride + i] = static_cast<double>(stream.below(3));
  for (std::size_t p = 0; p < kPoints; ++p) points[3 * kPoints + p] = static_cast<double>(stream.below(3));
  for (std::size_t f = 0; f < kFeatures; ++f) points[f * kPoints + 7] = centres[f * kStride + 2];  // Distance 0.
  points[9] = 200;                                                                                 // Far away,
  points[10] = 1e200;                                                                              // and farther.
  const double weight = 0.3, variance = 1.7;
  const KernelFeatures features{.numeric = 3, .categories = 1, .weights = &weight};
  const KernelColumns of_centres{centres.data(), kStride}, of_points{points.data(), kPoints};
  std::vector<double> value(kCentres * kPoints), slope(value.size()), expected(kPoints), sums(kPoints);
  matern52(features, of_centres, kCentres, of_points, kPoints, variance, value.data(), slope.data(), kPoints);
  const std::vector<double> factors = {0.5, -1, 2, 0.1, 3};
  for (std::size_t i = 0; i < kCentres; ++i) {
    for (std::size_t p = 0; p < kPoints; ++p) {
      double squared = centres[3 * kStride + i] != points[3 * kPoints + p] ? weight : 0;
      for (std::size_t f = 0; f < 3; ++f) squared += std::pow(points[f * kPoints + p] - centres[f * kStride + i], 2);
      const double s = std::sqrt(5 * squared), decay = std::isfinite(s) ? std::exp(-s) : 0;
      const double matern = decay == 0 ? 0 : variance * (1 + s + s * s / 3) * decay;
      EXPECT_NEAR(value[i * kPoints + p], matern, 2e-15);
      EXPECT_NEAR(slope[i * kPoints + p], decay == 0 ? 0 : -5.0 / 6 * variance * (1 + s) * decay, 2e-15);
      expected[p] += factors[i] * matern;
    }
  }
  matern52_sums(features, of_centres, kCentres, of_points, kPoints, variance, factors.data(), sums.data());
  for (std::size_t p = 0; p < kPoints; ++p) EXPECT_NEAR(sums[p], expected[p], 1e-14);

  std::vector<double> moment(kFeatures * kPoints), different(kPoints);
  moments(value.data(), kPoints, kCentres, of_centres, of_points, kPoints, 3, moment.data());
  sums_where_different(value.data(), kPoints, kCentres, centres.data() + 3 * kStride, points.data() + 3 * kPoints,
                       kPoints, different.data());
  for (std::size_t p = 0; p < kPoints; ++p) {
    std::vector<double> sum(kFeatures);
    for (std::size_t i = 0; i < kCentres; ++i) {
      const double factor = value[i * kPoints + p];
      for (std::size_t f = 0; f < 3; ++f) sum[f] += factor * (points[f * kPoints + p] - centres[f * kStride + i]);
      sum[3] += centres[3 * kStride + i] != points[3 * kPoints + p] ? factor : 0;
    }
    for (std::size_t f = 0; f < 3; ++f) EXPECT_NEAR(moment[f * kPoints + p], sum[f], 1e-13);
    EXPECT_NEAR(different[p], sum[3], 1e-14);
  }
}

}  // namespace
}  // namespace sterlet::math
