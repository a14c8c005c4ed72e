#include "sterlet/base/math/dense.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "sterlet/base/rng.h"

namespace sterlet::base {
namespace {

constexpr std::uint64_t kSeed = 17;

// Lower triangle of B B' + I, B random: a row a padded stride.
std::vector<double> positive_matrix(std::size_t n) {
  RandomStream stream({.seed = kSeed, .trial = n});
  std::vector<double> b(n * n), a(n * padded(n), 0.0);
  for (double& x : b) x = stream.uniform() - 0.5;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      for (std::size_t k = 0; k < n; ++k) a[i * padded(n) + j] += b[i * n + k] * b[j * n + k];
      if (i == j) a[i * padded(n) + j] += 1;
    }
  }
  return a;
}

TEST(Dense, FactorInverseAndSolutionsAgreeWithTheirDefinitions) {
  for (const std::size_t n : {1u, 2u, 3u, 4u, 5u, 15u, 16u, 17u, 50u, 83u}) {
    SCOPED_TRACE(n);
    const std::size_t s = padded(n);
    const std::vector<double> a = positive_matrix(n);
    std::vector<double> lower = a, m(n * s, 0.0), inverse(n * s, 0.0);
    ASSERT_EQ(factor_rows(lower.data(), s, 0, n, 0), n);
    invert_transposed(lower.data(), s, 0, n, m.data(), s);
    product_transposed(m.data(), s, n, inverse.data(), s);
    const auto symmetric = [&](const std::vector<double>& x, std::size_t i, std::size_t j) {
      return i >= j ? x[i * s + j] : x[j * s + i];
    };
    std::vector<double> b(5 * s, 0.0);
    for (std::size_t r = 0; r < 5; ++r) {
      for (std::size_t i = 0; i < n; ++i) b[r * s + i] = std::cos(static_cast<double>(r + 3 * i));
    }
    std::vector<double> forward = b, both(5 * s, 0.0);
    solve_rows(lower.data(), s, n, forward.data(), s, 5);
    multiply_upper(m.data(), s, n, forward.data(), s, both.data(), s, 5);
    std::vector<double> back(forward.begin(), forward.begin() + static_cast<std::ptrdiff_t>(n));
    solve_transposed(lower.data(), s, n, back.data());
    for (std::size_t i = 0; i < n; ++i) {
      EXPECT_NEAR(back[i], both[i], 1e-12);
      for (std::size_t j = 0; j < n; ++j) {
        double product = 0, identity = 0;
        for (std::size_t k = 0; k <= std::min(i, j); ++k) product += lower[i * s + k] * lower[j * s + k];
        for (std::size_t k = 0; k < n; ++k) identity += symmetric(a, i, k) * symmetric(inverse, k, j);
        EXPECT_NEAR(product, symmetric(a, i, j), 1e-13 * static_cast<double>(n));
        EXPECT_NEAR(identity, i == j ? 1 : 0, 1e-12 * static_cast<double>(n));
      }
      for (std::size_t r = 0; r < 5; ++r) {
        double product = 0;
        for (std::size_t k = 0; k < n; ++k) product += symmetric(a, i, k) * both[r * s + k];
        EXPECT_NEAR(product, b[r * s + i], 1e-11);
      }
    }
  }
}

TEST(Dense, AMatrixGrownInPiecesHasTheSameBits) {
  constexpr std::size_t n = 61;
  const std::size_t s = padded(n);
  std::vector<double> whole = positive_matrix(n), grown = whole;
  ASSERT_EQ(factor_rows(whole.data(), s, 0, n, 0), n);
  std::vector<double> m(n * s, 0.0), m_grown(n * s, 0.0);
  invert_transposed(whole.data(), s, 0, n, m.data(), s);
  std::size_t first = 0;
  for (const std::size_t to : {1u, 2u, 5u, 9u, 10u, 30u, 43u, 61u}) {
    ASSERT_EQ(factor_rows(grown.data(), s, first, to, 0), to);
    invert_transposed(whole.data(), s, first, to, m_grown.data(), s);
    first = to;
  }
  EXPECT_EQ(whole, grown);
  EXPECT_EQ(m, m_grown);
}

TEST(Dense, APivotThatIsTooSmallIsNamed) {
  std::vector<double> a = {4, 0, 0, 0, 2, 1, 0, 0, 0, 0, 5, 0};  // Rows 0 and 1 are parallel.
  EXPECT_EQ(factor_rows(a.data(), 4, 0, 3, 1e-12), 1u);
}

TEST(Dense, ExponentialsAgreeWithTheLibrary) {
  for (double x = -699; x < 699; x += 0.37) EXPECT_NEAR(portable_exp(x) / std::exp(x), 1, 1e-15) << x;
}

TEST(Dense, MaternAgreesWithItsFormulaAndSlopeWithDifferences) {
  const std::vector<double> squared = {0, 1e-12, 0.01, 0.3, 1, 7, 50};
  std::vector<double> value(7), slope(7), above(7), below(7), ignored(7), more = squared, less = squared;
  constexpr double h = 1e-6;
  for (double& x : more) x += h;
  for (double& x : less) x -= h;
  matern52(squared.data(), 7, 1.7, value.data(), slope.data());
  matern52(more.data(), 7, 1.7, above.data(), ignored.data());
  matern52(less.data() + 2, 5, 1.7, below.data() + 2, ignored.data());
  for (std::size_t i = 0; i < 7; ++i) {
    const double s = std::sqrt(5 * squared[i]);
    EXPECT_NEAR(value[i], 1.7 * (1 + s + s * s / 3) * std::exp(-s), 1e-15);
    if (i < 2) continue;
    EXPECT_NEAR(slope[i], (above[i] - below[i]) / (2 * h), 1e-8);
  }
  EXPECT_NEAR(slope[0], -1.7 * 5 / 6, 1e-15);
}

}  // namespace
}  // namespace sterlet::base
