#include "sterlet/math/lbfgs.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace sterlet::math {
namespace {

// Rosenbrock's valley, minimum 0 at (1, ..., 1).
double rosenbrock(std::span<const double> x, std::vector<double>& gradient) {
  double value = 0;
  gradient.assign(x.size(), 0.0);
  for (std::size_t i = 0; i + 1 < x.size(); ++i) {
    const double a = x[i + 1] - x[i] * x[i], b = 1 - x[i];
    value += 100 * a * a + b * b;
    gradient[i] += -400 * x[i] * a - 2 * b;
    gradient[i + 1] += 200 * a;
  }
  return value;
}

int run(Lbfgs& search, int most) {
  std::vector<double> gradient;
  int steps = 0;
  for (; steps < most && !search.done(); ++steps) {
    const double value = rosenbrock(search.point(), gradient);
    search.tell(value, gradient);
  }
  return steps;
}

TEST(Lbfgs, FollowsACurvedValleyToItsEnd) {
  Lbfgs search({-1.2, 1, -1.2, 1}, std::vector<double>(4, -5), std::vector<double>(4, 5), std::vector<double>(4, 0.1));
  EXPECT_LT(run(search, 300), 300);
  for (const double x : search.best()) EXPECT_NEAR(x, 1, 1e-4);
  EXPECT_LT(search.best_value(), 1e-8);
}

TEST(Lbfgs, StaysInItsBoxAndEndsOnItsFace) {
  // With x <= 0.5 the minimum is at (0.5, 0.25).
  Lbfgs search({-1, 1}, {-2, -2}, {0.5, 2}, {0.1, 0.1});
  std::vector<double> gradient;
  for (int i = 0; i < 200 && !search.done(); ++i) {
    EXPECT_LE(search.point()[0], 0.5);
    const double value = rosenbrock(search.point(), gradient);
    search.tell(value, gradient);
  }
  EXPECT_EQ(search.best()[0], 0.5);
  EXPECT_NEAR(search.best()[1], 0.25, 1e-5);
}

TEST(Lbfgs, AValueThatIsNoNumberShortensTheStep) {
  // ln x + 4 / x is smallest at 4; below 0 there is no value, and the first step would go there.
  Lbfgs search({0.5}, {-10}, {10}, {5.0});
  for (int i = 0; i < 100 && !search.done(); ++i) {
    const double x = search.point()[0];
    const double gradient = 1 / x - 4 / (x * x);
    search.tell(x > 0 ? std::log(x) + 4 / x : std::numeric_limits<double>::quiet_NaN(), {&gradient, 1});
  }
  EXPECT_NEAR(search.best()[0], 4, 1e-4);
}

TEST(Lbfgs, WithoutAFiniteValueThereIsNoBest) {
  Lbfgs search({0.5}, {0}, {1}, {1});
  const double gradient = 1;
  search.tell(std::numeric_limits<double>::infinity(), {&gradient, 1});
  EXPECT_TRUE(search.done());
  EXPECT_EQ(search.best_value(), std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace sterlet::math
