#include "sterlet/base/text.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "sterlet/base/rng.h"

namespace sterlet::base {
namespace {

using Names = std::vector<std::string>;

TEST(NearestName, ForgivesASlipOfTheFinger) {
  const Names names{"learning_rate", "momentum", "sampler", "low"};
  EXPECT_EQ(nearest_name("sampelr", names), "sampler");   // Two neighbours swapped.
  EXPECT_EQ(nearest_name("momentm", names), "momentum");  // One left out.
  EXPECT_EQ(nearest_name("learning-rate", names), "learning_rate");
  EXPECT_EQ(nearest_name("loww", names), "low");
  EXPECT_EQ(nearest_name("low", names), "low");
}

TEST(NearestName, GivesNothingWhereNoneIsNear) {
  const Names names{"learning_rate", "momentum"};
  EXPECT_FALSE(nearest_name("epsilon", names));
  EXPECT_FALSE(nearest_name("anything", Names{}));
  EXPECT_FALSE(nearest_name(std::string(100000, 'a'), names));  // Too long to compare, and too long for a table.
}

TEST(NearestName, TheEarlierOfTwoEquallyNearWins) {
  EXPECT_EQ(nearest_name("bat", Names{"cat", "rat"}), "cat");
  EXPECT_EQ(nearest_name("bat", Names{"rat", "cat"}), "rat");
}

TEST(SuggestName, NamesTheNearestOrListsAll) {
  EXPECT_EQ(suggest_name("sampelr", Names{"sampler", "budget"}), "did you mean 'sampler'?");
  EXPECT_EQ(suggest_name("zzzzzz", Names{"sampler", "budget"}), "known are sampler, budget");
  EXPECT_EQ(suggest_name("zzzzzz", Names{}), "");
  EXPECT_EQ(suggest_name("zzzzzz", Names(20, "sampler")), "");
}

TEST(NumberText, IsTheShortestThatReadsBack) {
  EXPECT_EQ(number_text(0.1), "0.1");
  EXPECT_EQ(number_text(3), "3");
  EXPECT_EQ(number_text(1e-5), "1e-05");
  EXPECT_EQ(number_text(std::nan("")), "NaN");
  EXPECT_EQ(number_text(-INFINITY), "-Infinity");
  constexpr std::uint64_t kSeed = 21;
  RandomStream stream({.seed = kSeed});
  for (int i = 0; i < 10000; ++i) {
    const double value = std::ldexp(stream.uniform() - 0.5, static_cast<int>(stream.below(1000)) - 500);
    EXPECT_EQ(parse_number(number_text(value)), value) << "seed " << kSeed << ", draw " << i;
  }
}

TEST(ParseNumber, TakesTheWholeTextOrNothing) {
  EXPECT_EQ(parse_number("1e-5"), 1e-5);
  EXPECT_EQ(parse_number("+3"), 3.0);
  EXPECT_EQ(parse_number("-.5"), -0.5);
  EXPECT_EQ(parse_number("inf"), INFINITY);
  EXPECT_EQ(parse_number("-Infinity"), -INFINITY);
  EXPECT_TRUE(std::isnan(parse_number("NaN").value()));
  for (const char* text : {"", "+", "-", "++1", "+-1", " 1", "1 ", "1x", "0x10", "1,5", "e5", "."}) {
    EXPECT_FALSE(parse_number(text)) << "'" << text << "'";
  }
}

TEST(ParseNumber, WhatNoDoubleHoldsIsZeroOrInfinite) {
  EXPECT_EQ(parse_number("1e400"), INFINITY);
  EXPECT_EQ(parse_number("-1e400"), -INFINITY);
  EXPECT_EQ(parse_number("1e-400"), 0.0);
  EXPECT_EQ(parse_number("0." + std::string(400, '0') + "1"), 0.0);  // Small without an exponent.
  EXPECT_EQ(parse_number("1" + std::string(400, '0')), INFINITY);
  EXPECT_EQ(parse_number("1" + std::string(400, '0') + "e-10"), INFINITY);  // Large with a negative one.
  EXPECT_EQ(parse_number("0." + std::string(400, '0') + "1e+10"), 0.0);
  EXPECT_EQ(parse_number("1e99999999999999999999"), INFINITY);
  EXPECT_EQ(parse_number("1e-99999999999999999999"), 0.0);
}

TEST(ParseInteger, KeepsToSixtyFourBits) {
  EXPECT_EQ(parse_integer("9223372036854775807"), INT64_MAX);
  EXPECT_EQ(parse_integer("-9223372036854775808"), INT64_MIN);
  EXPECT_EQ(parse_integer("+7"), 7);
  for (const char* text : {"", "+", "+-3", "9223372036854775808", "1.0", "1e3", " 1", "1 "}) {
    EXPECT_FALSE(parse_integer(text)) << "'" << text << "'";
  }
}

TEST(ShortNumberText, KeepsFourDigits) {
  EXPECT_EQ(short_number_text(0.123456), "0.1235");
  EXPECT_EQ(short_number_text(12), "12");
  EXPECT_EQ(short_number_text(-0.0), "0");
  EXPECT_EQ(short_number_text(1.5e-7), "1.5e-07");
  EXPECT_EQ(short_number_text(std::numeric_limits<double>::quiet_NaN()), "NaN");
}

TEST(OrdinalText, KnowsTheTeens) {
  EXPECT_EQ(ordinal_text(1), "1st");
  EXPECT_EQ(ordinal_text(2), "2nd");
  EXPECT_EQ(ordinal_text(3), "3rd");
  EXPECT_EQ(ordinal_text(10), "10th");
  EXPECT_EQ(ordinal_text(11), "11th");
  EXPECT_EQ(ordinal_text(112), "112th");
  EXPECT_EQ(ordinal_text(61), "61st");
}

TEST(CountText, KnowsOneFromMany) {
  EXPECT_EQ(count_text(0, "trial"), "0 trials");
  EXPECT_EQ(count_text(1, "trial"), "1 trial");
  EXPECT_EQ(count_text(3, "trial"), "3 trials");
}

TEST(ParseDuration, ReadsNumbersAndUnits) {
  EXPECT_EQ(parse_duration("30"), 30.0);
  EXPECT_EQ(parse_duration("90.5"), 90.5);
  EXPECT_EQ(parse_duration("1m30s"), 90.0);
  EXPECT_EQ(parse_duration("2h"), 7200.0);
  EXPECT_EQ(parse_duration("1d"), 86400.0);
  EXPECT_EQ(parse_duration("1.5h"), 5400.0);
  EXPECT_EQ(parse_duration("5min"), 300.0);
  EXPECT_EQ(parse_duration("250ms"), 0.25);
  EXPECT_EQ(parse_duration("0"), 0.0);
}

TEST(ParseDuration, RefusesTheRest) {
  for (const char* text : {"", "-5", "-5s", "nan", "inf", "1e400", "5 s", "1m30", "5x", "s", "1..5s", "1e3s", "5S"}) {
    EXPECT_FALSE(parse_duration(text)) << "'" << text << "'";
  }
}

TEST(DurationText, ShowsTwoUnitsAtMost) {
  EXPECT_EQ(duration_text(93), "1m33s");
  EXPECT_EQ(duration_text(0.4), "0.4s");
  EXPECT_EQ(duration_text(9.96), "10s");
  EXPECT_EQ(duration_text(0), "0s");
  EXPECT_EQ(duration_text(59.6), "1m");
  EXPECT_EQ(duration_text(3600), "1h");
  EXPECT_EQ(duration_text(5400), "1h30m");
  EXPECT_EQ(duration_text(86400), "1d");
  EXPECT_EQ(duration_text(90000), "1d1h");
  EXPECT_EQ(duration_text(-3), "0s");
  EXPECT_EQ(duration_text(NAN), "-");
  EXPECT_EQ(duration_text(INFINITY), "-");
  EXPECT_FALSE(duration_text(1e300).empty());
}

TEST(DurationText, ReadsBackWhereItIsExact) {
  for (const double seconds : {0.0, 0.5, 1.0, 59.0, 60.0, 61.0, 3600.0, 3660.0, 86400.0, 90000.0}) {
    EXPECT_EQ(parse_duration(duration_text(seconds)), seconds);
  }
}

TEST(Printable, KeepsToOneLine) {
  EXPECT_EQ(printable("a\nb\tc\x1b[31m\x7f"), "a\\nb\\tc\\x1b[31m\\x7f");
  EXPECT_EQ(printable("déjà vu"), "déjà vu");
}

}  // namespace
}  // namespace sterlet::base
