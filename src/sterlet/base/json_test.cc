#include "sterlet/base/json.h"

#include <cmath>

#include <gtest/gtest.h>

namespace sterlet::base {
namespace {

TEST(JsonNumber, WritesNaNAndInfinityAsText) {
  EXPECT_EQ(json_line(json_number(0.25)), "0.25");
  EXPECT_EQ(json_line(json_number(NAN)), R"("NaN")");
  EXPECT_EQ(json_line(json_number(INFINITY)), R"("Infinity")");
  EXPECT_EQ(json_line(json_number(-INFINITY)), R"("-Infinity")");
}

TEST(JsonNumber, ReadsBackWhatItWrote) {
  for (const double value : {0.0, -1.5, 0.1, 1e300, 5e-324, HUGE_VAL, -HUGE_VAL}) {
    EXPECT_EQ(number_from_json(json_number(value)), value);
  }
  EXPECT_TRUE(std::isnan(number_from_json(json_number(NAN)).value()));
  EXPECT_EQ(number_from_json(Json(7)), 7.0);
  for (const Json& value : {Json("nan"), Json("1"), Json(true), Json(nullptr), Json::array(), Json::object()}) {
    EXPECT_FALSE(number_from_json(value)) << value;
  }
}

TEST(ParseJson, KeepsTheOrderOfKeys) {
  const auto json = parse_json(R"({"b": 1, "a": [true, null]})");
  ASSERT_TRUE(json);
  EXPECT_EQ(json_line(*json), R"({"b":1,"a":[true,null]})");
}

TEST(ParseJson, NamesLineAndColumn) {
  const auto missing_comma = parse_json("{\"a\": 1,\n \"b\" 2}");
  ASSERT_FALSE(missing_comma);
  EXPECT_EQ(missing_comma.error().message(),
            "invalid JSON at line 2, column 6; look for a missing comma, quote or bracket there");
  EXPECT_EQ(missing_comma.error().code, ErrorCode::kInvalidArgument);
}

TEST(ParseJson, SaysHowANumberThatIsNoneIsWritten) {
  const auto message = [](const char* text) { return parse_json(text).error().message(); };
  EXPECT_EQ(message(R"({"id": 1, "value": NaN})"),
            "JSON has no number NaN (at line 1, column 20); write it as a string, \"NaN\"");
  EXPECT_EQ(message(R"({"value": -Infinity})"),
            "JSON has no number -Infinity (at line 1, column 12); write it as a string, \"-Infinity\"");
  EXPECT_EQ(message(R"({"value": "NaN" 2})"),
            "invalid JSON at line 1, column 17; look for a missing comma, quote or bracket there");
}

TEST(ParseJson, RefusesWithoutACrash) {
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("nul"), std::string("[1,]"), std::string("\"\xff\xfe\""),
        std::string("1e999"), std::string("\0", 1), std::string("[1] x"), std::string("NaN")}) {
    EXPECT_FALSE(parse_json(text)) << text;
  }
}

TEST(ParseJson, NestsSixtyFourLevelsAndNoMore) {
  EXPECT_TRUE(parse_json(std::string(64, '[') + std::string(64, ']')));
  const auto deep = parse_json(std::string(65, '[') + std::string(65, ']'));
  ASSERT_FALSE(deep);
  EXPECT_EQ(deep.error().message(), "JSON nested deeper than 64 levels; flatten it");
  EXPECT_FALSE(parse_json(std::string(1000000, '{')));
  EXPECT_TRUE(parse_json("\"" + std::string(100, '[') + "\\\"" + std::string(100, '[') + "\""));  // Text is no nest.
}

TEST(JsonLine, ShowsBrokenUtf8InsteadOfFailing) {
  EXPECT_EQ(json_line(Json("a\xff"
                           "b")),
            "\"a\xEF\xBF\xBD"
            "b\"");
}

}  // namespace
}  // namespace sterlet::base
