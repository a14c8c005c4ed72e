#include "sterlet/base/pattern.h"

#include <cmath>

#include <gtest/gtest.h>

namespace sterlet::base {
namespace {

TEST(MetricPattern, ReadsNamedGroupsAsNumbers) {
  const auto pattern = MetricPattern::make(R"(epoch (?<step>\d+) val_error=(?<val_error>\S+)( loss=(?P<loss>\S+))?)");
  ASSERT_TRUE(pattern) << pattern.error().message();
  EXPECT_EQ(pattern->metrics(), (std::vector<std::string>{"val_error", "loss"}));
  EXPECT_TRUE(pattern->has_step());
  const auto found = pattern->match("[info] epoch 3 val_error=0.21, loss=1e-3");
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, (std::map<std::string, double>{{"step", 3}, {"val_error", 0.21}, {"loss", 1e-3}}));
  const auto both = pattern->match("epoch 4 val_error=.5 loss=nan");
  ASSERT_TRUE(both);
  EXPECT_TRUE(std::isnan(both->at("loss")));
}

TEST(MetricPattern, CountsPlainGroupsAndBracketsInClasses) {
  const auto pattern = MetricPattern::make(R"((a|b)(?:c)[(\]]\((?<x>\d+)\))");
  ASSERT_TRUE(pattern) << pattern.error().message();
  EXPECT_EQ(pattern->match("bc((17)").value().at("x"), 17);
}

TEST(MetricPattern, SaysNothingOfOtherLines) {
  const auto pattern = MetricPattern::make("loss=(?<loss>\\S+)");
  ASSERT_TRUE(pattern);
  EXPECT_FALSE(pattern->match("nothing here"));
  EXPECT_FALSE(pattern->match("loss=unknown"));
  EXPECT_FALSE(pattern->match(""));
  EXPECT_FALSE(pattern->match(std::string(1000000, 'x') + "loss=1"));
}

TEST(MetricPattern, RefusesWhatIsNoPattern) {
  for (const char* text : {"(", "(?<x>\\d+", "(?<x>\\d+)[", "*(?<x>a)", "(?<step>\\d+)", "plain", "(?<>a)",
                           "(?<x>a)(?<x>b)", "(?<=a)(?<x>b)", "(?<x", "(?<x>a{2,1})", "(?<x>a)\\1"}) {
    EXPECT_FALSE(MetricPattern::make(text)) << text;
  }
}

TEST(MetricPattern, ALongLineExhaustsNeitherTheStackNorTheClock) {
  const auto pattern = MetricPattern::make("^(.|x)*=(?<loss>\\S+)");
  ASSERT_TRUE(pattern);
  EXPECT_FALSE(pattern->match(std::string(100000, 'x')));
}

}  // namespace
}  // namespace sterlet::base
