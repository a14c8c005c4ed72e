#include "sterlet/math/symmetric.h"

#include <gtest/gtest.h>

#include "sterlet/base/rng.h"

namespace sterlet::math {
namespace {

std::vector<double> product(const std::vector<double>& a, const std::vector<double>& b, std::size_t d) {
  std::vector<double> c(d * d, 0.0);
  for (std::size_t i = 0; i < d; ++i) {
    for (std::size_t j = 0; j < d; ++j) {
      for (std::size_t k = 0; k < d; ++k) c[i * d + j] += a[i * d + k] * b[k * d + j];
    }
  }
  return c;
}

TEST(SymmetricRoots, MultiplyBackToTheMatrixAndToOne) {
  for (const std::size_t d : {1u, 2u, 7u, 30u}) {
    base::RandomStream stream({.seed = d});
    std::vector<double> half(d * d), transposed(d * d);
    for (std::size_t i = 0; i < d * d; ++i) {
      half[i] = stream.uniform() - 0.5;
      transposed[(i % d) * d + i / d] = half[i];
    }
    std::vector<double> matrix = product(half, transposed, d);
    for (std::size_t i = 0; i < d; ++i) matrix[i * d + i] += 0.1;
    const SymmetricRoots roots = symmetric_roots(matrix, d, 1e-14);
    const std::vector<double> square = product(roots.root, roots.root, d);
    const std::vector<double> one = product(roots.root, roots.inverse_root, d);
    for (std::size_t i = 0; i < d * d; ++i) {
      EXPECT_NEAR(square[i], matrix[i], 1e-12) << "d " << d;
      EXPECT_NEAR(one[i], i % (d + 1) == 0 ? 1 : 0, 1e-12) << "d " << d;
      EXPECT_NEAR(roots.root[i], roots.root[(i % d) * d + i / d], 1e-13) << "d " << d;
    }
  }
}

TEST(SymmetricRoots, EigenvaluesBelowTheFloorAreRaisedToIt) {
  const std::vector<double> matrix{4, 0, 0, -1};
  const SymmetricRoots roots = symmetric_roots(matrix, 2, 0.25);
  EXPECT_DOUBLE_EQ(roots.largest, 4);
  EXPECT_DOUBLE_EQ(roots.smallest, 1);
  EXPECT_DOUBLE_EQ(roots.root[3], 1);
  EXPECT_TRUE(symmetric_roots({}, 0, 0.1).root.empty());
}

}  // namespace
}  // namespace sterlet::math
