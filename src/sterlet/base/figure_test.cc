#include "sterlet/base/figure.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace sterlet::base {
namespace {

TEST(Figure, HasSixDigitsAtMost) {
  EXPECT_EQ(figure_text(0.010000000000000004), "0.01");
  EXPECT_EQ(figure_text(0.1234567891), "0.123457");
  EXPECT_EQ(figure_text(0), "0");
  EXPECT_EQ(figure_text(-0.0), "0");
  EXPECT_EQ(figure_text(3), "3");
  EXPECT_EQ(figure_text(1e-5), "1e-05");
  EXPECT_EQ(figure_text(0.00012345678), "0.000123457");
  EXPECT_EQ(figure_text(-98765.4321), "-98765.4");
}

TEST(Figure, KeepsWhatIsExactInNoMoreRoom) {
  EXPECT_EQ(figure_text(1234567), "1234567");
  EXPECT_EQ(figure_text(123456789.5), "123456789.5");
  EXPECT_EQ(short_figure_text(12345), "12345");
}

TEST(Figure, OfWhatIsNoNumber) {
  EXPECT_EQ(figure_text(std::nan("")), "NaN");
  EXPECT_EQ(figure_text(-std::numeric_limits<double>::infinity()), "-Infinity");
}

TEST(Figure, IsShorterWhereThereIsLittleRoom) {
  EXPECT_EQ(short_figure_text(0.1234567891), "0.1235");
  EXPECT_EQ(short_figure_text(1e-5), "1e-05");
}

}  // namespace
}  // namespace sterlet::base
