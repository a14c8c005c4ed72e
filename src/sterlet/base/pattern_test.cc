#include "sterlet/base/pattern.h"

#include <cmath>

#include <gtest/gtest.h>

namespace sterlet::base {
namespace {

TEST(MetricPattern, ReadsNamedGroupsAsNumbers) {
  const auto pattern = MetricPattern::make(R"(epoch (?<step>\d+) val_error=(?<val_error>\S+)( loss=(?P<loss>\S+))?)");
  ASSERT_TRUE(pattern) << pattern.error().message();
  EXPECT_EQ(pattern->metrics(), (std::vector<std::string>{"val_error", "loss"}));
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
  EXPECT_EQ(pattern->match(std::string(1000000, 'x') + "loss=1").value().at("loss"), 1);
}

TEST(MetricPattern, RefusesWhatIsNoPattern) {
  for (const char* text : {"(", "(?<x>\\d+", "(?<x>\\d+)[", "*(?<x>a)", "(?<step>\\d+)", "plain", "(?<>a)",
                           "(?<x>a)(?<x>b)", "(?<=a)(?<x>b)", "(?<x", "(?<x>a{2,1})", "(?<x>a)\\1"}) {
    EXPECT_FALSE(MetricPattern::make(text)) << text;
  }
}

std::string refusal(const char* text) {
  const auto pattern = MetricPattern::make(text);
  return pattern ? "" : pattern.error().message();
}

TEST(MetricPattern, RefusesInOneSentenceWhatNeedsMoreThanOnePass) {
  EXPECT_EQ(refusal("(?<x>a)\\1"),
            "the pattern refers back to a group by \\1, which is not supported; write out what stands there");
  EXPECT_EQ(
      refusal("loss=(?=\\d)(?<x>\\S+)"),
      "the pattern looks around by (?= (character 6), which is not supported; match what stands there, outside the "
      "named groups");
  EXPECT_EQ(refusal("(?<x>a{1,2000})"),
            "the pattern is no regular expression: {1,2000} is no count from 0 to 1000; put \\ before a character that "
            "is meant literally");
}

TEST(MetricPattern, AMetricMayHaveANameThatIsNoWord) {
  const auto pattern = MetricPattern::make(R"(\[1\] (?P<val/error.top-1>[^]:[(?<x>]+)[[:space:]]$)");
  ASSERT_TRUE(pattern) << pattern.error().message();
  EXPECT_EQ(pattern->metrics(), (std::vector<std::string>{"val/error.top-1"}));
  EXPECT_EQ(pattern->match("[1] 0.25 ").value().at("val/error.top-1"), 0.25);
}

TEST(MetricPattern, ALineIsBytes) {
  const auto pattern = MetricPattern::make("^.* loss=(?<loss>\\S+)");
  ASSERT_TRUE(pattern);
  EXPECT_EQ(pattern->match("\xff\xfe\x80 loss=2").value().at("loss"), 2);
}

TEST(MetricPattern, ReadsPercentSignsDecimalCommasAndThroughColours) {
  const auto pattern = MetricPattern::make("acc[=:] ?(?<acc>\\S+)");
  ASSERT_TRUE(pattern);
  using Kind = MetricPattern::Odd::Kind;
  const auto odd = [&](const char* line) { return pattern->find(line).value().odd.at(0); };
  EXPECT_EQ(odd("acc=93.5%").value, 93.5);
  EXPECT_EQ(odd("acc=93.5%").kind, Kind::kPercent);
  EXPECT_EQ(odd("acc: 0,935, loss 3").value, 0.935);
  EXPECT_EQ(odd("acc=0,935").kind, Kind::kComma);
  EXPECT_EQ(odd("acc=-12,5e-3%").value, -12.5e-3);
  EXPECT_EQ(pattern->match("\x1b[1macc\x1b[0m=\x1b[32;1m0.93\x1b[0m").value().at("acc"), 0.93);
  EXPECT_TRUE(pattern->find("acc=0.93").value().odd.empty());
  EXPECT_FALSE(pattern->match("acc=\x1b[32"));
}

TEST(MetricPattern, TellsWhatIsNoNumber) {
  const auto pattern = MetricPattern::make("acc=(?<acc>\\S+)( n=(?<n>\\S+))?");
  ASSERT_TRUE(pattern);
  for (const char* text : {"tensor(0.93)", "1,234", "-1,234", "1,234.5", "12,", "%", ",5", "1,2,3", "high"}) {
    const auto found = pattern->find(std::string("acc=") + text + " n=2");
    ASSERT_TRUE(found) << text;
    const std::string shown = std::string(text) == "12," ? "" : text;  // A comma at the end belongs to the sentence.
    EXPECT_EQ(found->no_numbers.contains("acc"), !shown.empty()) << text;
    EXPECT_EQ(found->values.at("n"), 2);
  }
  EXPECT_FALSE(pattern->find("loss=3"));
}

TEST(MetricPattern, SaysWhereASecondMatchMakesItUnplain) {
  const auto pattern = MetricPattern::make("acc=(?<acc>\\S+)");
  ASSERT_TRUE(pattern);
  EXPECT_TRUE(pattern->matches_twice("train acc=0.9 val acc=\x1b[32m0.8\x1b[0m"));
  EXPECT_TRUE(pattern->matches_twice("best_acc=0.9 acc=0.8"));
  EXPECT_FALSE(pattern->matches_twice("epoch 3 acc=0.9 loss=0.1"));
  EXPECT_FALSE(pattern->matches_twice("loss=0.1"));
  EXPECT_FALSE(MetricPattern::make("^.*acc=(?<acc>\\S+)")->matches_twice("acc=1 acc=2"));
}

TEST(MetricPattern, ALongLineExhaustsNeitherTheStackNorTheClock) {
  const auto pattern = MetricPattern::make("^(.|x)*=(?<loss>\\S+)");
  ASSERT_TRUE(pattern);
  EXPECT_FALSE(pattern->match(std::string(100000, 'x')));
}

}  // namespace
}  // namespace sterlet::base
