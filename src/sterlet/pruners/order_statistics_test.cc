#include "sterlet/pruners/order_statistics.h"

#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>

#include <gtest/gtest.h>

#include "sterlet/base/text.h"

namespace sterlet::pruners {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(OrderStatistics, TiesStandByTrialAndNaNStandsLast) {
  OrderStatistics order;
  EXPECT_EQ(order.insert(kNaN, 0), 0U);
  EXPECT_EQ(order.insert(2, 5), 0U);
  EXPECT_EQ(order.insert(2, 3), 0U);
  EXPECT_EQ(order.insert(std::numeric_limits<double>::infinity(), 1), 2U);
  EXPECT_EQ(order.insert(1, 9), 0U);
  EXPECT_EQ(order.rank(2, 4), 2U);
  EXPECT_EQ(order.rank(kNaN, 7), 5U);
  EXPECT_EQ(order.at(1), 2);
  EXPECT_TRUE(std::isnan(order.at(4)));
}

TEST(OrderStatistics, PercentilesAgreeWithNumpy) {  // Oracle: tests/oracles/percentile.csv, written by percentile.py.
  std::ifstream table(STERLET_SOURCE_DIR "/tests/oracles/percentile.csv");
  ASSERT_TRUE(table);
  OrderStatistics order;
  std::uint64_t word = 12345;
  std::string line;
  while (std::getline(table, line)) {
    std::stringstream cells(line);
    std::string count, percent, expected;
    std::getline(cells, count, ',');
    std::getline(cells, percent, ',');
    std::getline(cells, expected, ',');
    while (order.size() < static_cast<std::size_t>(*base::parse_integer(count))) {
      word = word * 6364136223846793005U + 1442695040888963407U;
      const double value = static_cast<double>(word >> 40) / 1000;
      const auto trial = static_cast<std::int64_t>(order.size());
      const std::size_t place = order.insert(value, trial);
      ASSERT_EQ(order.at(place), value);
      ASSERT_EQ(order.rank(value, trial), place);
    }
    EXPECT_NEAR(order.percentile(*base::parse_number(percent)), *base::parse_number(expected), 1e-9) << line;
  }
  EXPECT_EQ(order.size(), 99700U);
}

}  // namespace
}  // namespace sterlet::pruners
