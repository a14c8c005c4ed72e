#include "sterlet/math/student.h"

#include <gtest/gtest.h>

#include <cmath>

namespace sterlet::math {
namespace {

// Quantiles from the tables of Abramowitz and Stegun, 26.9 and 26.10.
TEST(Student, AgreesWithTheTables) {
  EXPECT_NEAR(student_cdf(6.314, 1), 0.95, 1e-5);
  EXPECT_NEAR(student_cdf(-2.920, 2), 0.05, 1e-5);
  EXPECT_NEAR(student_cdf(2.228, 10), 0.975, 1e-5);
  EXPECT_NEAR(student_cdf(0, 3), 0.5, 1e-15);
  EXPECT_EQ(student_cdf(HUGE_VAL, 3), 1);
  EXPECT_EQ(student_cdf(-HUGE_VAL, 3), 0);
}

TEST(Student, TheTailOfFisherAgreesWithTheTables) {
  EXPECT_NEAR(fisher_tail(4.96, 1, 10), 0.05, 2e-4);
  EXPECT_NEAR(fisher_tail(3.33, 5, 10), 0.05, 2e-4);
  EXPECT_NEAR(fisher_tail(5.64, 5, 10), 0.01, 1e-4);
  EXPECT_EQ(fisher_tail(0, 3, 3), 1);
  EXPECT_EQ(fisher_tail(HUGE_VAL, 3, 3), 0);
}

TEST(Student, OneDegreeAboveIsTheSquare) {
  for (const double t : {0.1, 1.0, 3.0, 20.0})
    EXPECT_NEAR(fisher_tail(t * t, 1, 4), 2 * (1 - student_cdf(t, 4)), 1e-12) << t;
}

}  // namespace
}  // namespace sterlet::math
