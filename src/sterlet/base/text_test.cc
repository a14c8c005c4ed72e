#include "sterlet/base/text.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

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
  EXPECT_EQ(suggest_name("lr", Names{"learning_rate", "momentum"}), "did you mean 'learning_rate'?");
  EXPECT_EQ(suggest_name("decay", Names{"weight_decay", "beta1"}), "did you mean 'weight_decay'?");
  EXPECT_EQ(suggest_name("decay", Names{"weight_decay", "rate_decay"}), "known are weight_decay, rate_decay");
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

TEST(Printable, ShowsWhatATerminalWouldObey) {
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\\u009b31m")
      << "C1: the one-byte form of ESC [";
  EXPECT_EQ(printable("\xc2\x80\xc2\x9f\xc2\xa0"), "\\u0080\\u009f\xc2\xa0");
  for (const char* mark : {"\u202a", "\u202e", "\u2066", "\u2069", "\u200e", "\u200f", "\u061c", "\u2028", "\u2029"}) {
    EXPECT_EQ(printable(mark).front(), '\\') << mark;
    EXPECT_EQ(printable(mark).size(), 6U) << mark;
  }
  EXPECT_EQ(printable("\u202dab"), "\\u202dab");
  EXPECT_EQ(printable("\u2065\u206a"), "\u2065\u206a") << "neighbours are kept";
}

TEST(Printable, ShowsBytesThatAreNoUtf8) {
  EXPECT_EQ(printable("\x9b"), "\\x9b") << "a raw C1 byte";
  EXPECT_EQ(printable("a\xff"
                      "b"),
            "a\\xffb");
  EXPECT_EQ(printable("\xc0\x9b"), "\\xc0\\x9b") << "longer than needed";
  EXPECT_EQ(printable("\xe0\x82\x9b"), "\\xe0\\x82\\x9b") << "longer than needed";
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "a surrogate";
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80") << "above U+10FFFF";
  EXPECT_EQ(printable("\xe2\x80"), "\\xe2\\x80") << "cut off";
  EXPECT_EQ(printable("𝛽 = 日本"), "𝛽 = 日本");
}

TEST(Printable, LinesKeepTheirEndsAndTabs) { EXPECT_EQ(printable_lines("a\tb\nc\r\x1b[2J"), "a\tb\nc\\x0d\\x1b[2J"); }

TEST(Printable, JsonReadsBackAsTheSameValue) {
  const std::string json = "{\"a\":\"x\xc2\x9b\u202e\x7f\"}\n";
  EXPECT_EQ(printable_json(json), "{\"a\":\"x\\u009b\\u202e\\u007f\"}\n");
}

TEST(Printable, RawBytesNeverSurvive) {
  rc::check("no control byte is left, and printing again changes nothing", [](const std::string& text) {
    const std::string once = printable(text);
    for (const char c : once) RC_ASSERT(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
    RC_ASSERT(printable(once) == once);
  });
}

TEST(Bytes, AreReadWithDecimalAndBinaryUnits) {
  EXPECT_EQ(parse_bytes("1000"), 1000);
  EXPECT_EQ(parse_bytes("1.5kB"), 1500);
  EXPECT_EQ(parse_bytes("500 KB"), 500e3);
  EXPECT_EQ(parse_bytes("2 GiB"), 2.0 * 1024 * 1024 * 1024);
  for (const char* wrong : {"", "GiB", "2 gigs", "2  GiB", "2GiBs", "-1MB", "x"})
    EXPECT_FALSE(parse_bytes(wrong)) << wrong;
}

}  // namespace
}  // namespace sterlet::base
