#include "sterlet/base/normal.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace sterlet::base {
namespace {

// Values of scipy 1.17 (scipy.stats.norm.cdf, logcdf, ppf).
TEST(Normal, AgreesWithScipy) {
  EXPECT_NEAR(normal_cdf(-1.5), 0.06680720126885807, 1e-16);
  EXPECT_NEAR(normal_cdf(-20) / 2.7536241186061556e-89, 1, 1e-12);
  EXPECT_NEAR(log_normal_cdf(-1.5), -2.7059444008238898, 1e-14);
  EXPECT_NEAR(log_normal_cdf(8), -6.220960574271742e-16, 1e-28);
  EXPECT_NEAR(log_normal_cdf(-36.5) / -670.6420000003138, 1, 1e-10);
  EXPECT_NEAR(log_normal_cdf(-40) / -804.6084420137539, 1, 1e-13);
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-14);
  EXPECT_NEAR(normal_quantile(1e-300), -37.0470962993612, 1e-9);
}

TEST(Normal, QuantileIsTheInverse) {
  for (double p = 0.001; p < 1; p += 0.001) EXPECT_NEAR(normal_cdf(normal_quantile(p)), p, 1e-15);
  for (double p = 1e-12; p < 1; p = p < 0.001 ? 3 * p : p + 0.001) {
    EXPECT_NEAR(quick_normal_quantile(p), normal_quantile(p), 1e-14 * (1 + std::abs(normal_quantile(p))));
  }
  EXPECT_EQ(normal_quantile(0), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(normal_quantile(1), std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(normal_quantile(std::nan(""))));
}

TEST(Normal, TheTailJoinsWithoutAStep) {
  const double above = log_normal_cdf(-37 + 1e-9), below = log_normal_cdf(-37 - 1e-9);
  EXPECT_NEAR(above - below, 37 * 2e-9, 1e-9);
}

}  // namespace
}  // namespace sterlet::base
