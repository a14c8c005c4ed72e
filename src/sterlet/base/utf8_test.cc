#include "sterlet/base/utf8.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace sterlet::base {
namespace {

TEST(Utf8, TakesWhatTheStandardTakes) {
  for (const std::string text : {"a", "\x7F", "\xC2\x80", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEF\xBF\xBF",
                                 "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    const Utf8Character first = first_character(text + "z");
    EXPECT_TRUE(first.is_whole) << text;
    EXPECT_EQ(first.length, text.size()) << text;
  }
  EXPECT_EQ(first_character("\xF0\x9F\x98\x80").code, U'\U0001F600');
  // Parts, forms longer than needed, a surrogate, too large a number.
  for (const std::string text : {"\x80", "\xC3", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xE2\x82",
                                 "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xFF"}) {
    const Utf8Character first = first_character(text);
    EXPECT_FALSE(first.is_whole) << text;
    EXPECT_EQ(first.length, 1U) << text;
  }
}

TEST(Utf8, IsCutBetweenCharacters) {
  const std::string text = "a\xC3\xBC\xE6\xBC\xA2z";  // a, u with two dots, a Chinese character, z
  EXPECT_EQ(count_characters(text), 4U);
  const std::vector<std::size_t> lengths = {0, 1, 1, 3, 3, 3, 6, 7, 7};
  for (std::size_t bytes = 0; bytes < lengths.size(); ++bytes) {
    EXPECT_EQ(first_bytes(text, bytes).size(), lengths[bytes]) << bytes;
  }
}

TEST(Utf8, ColumnsAreThoseOfATerminal) {
  const std::vector<std::pair<std::string, std::size_t>> rows = {
      {"", 0},
      {"rate", 4},
      {"\xC3\xBC", 1},
      {"u\xCC\x88", 1},                 // with a combining diaeresis
      {"\xE6\xBC\xA2\xE5\xAD\x97", 4},  // kanji
      {"\xED\x95\x9C", 2},              // Hangul
      {"\xEF\xBD\xB1", 1},              // half-width katakana
      {"\xEF\xBC\xA1", 2},              // full-width A
      {"\xF0\x9F\x98\x80", 2},          // emoji
      {"a\xE2\x80\x8B"
       "b",
       2},                  // zero-width space
      {"\xE2\x96\x88", 1},  // a block, as our bars have it
      {"\xFF", 1},
  };
  for (const auto& [text, columns] : rows) EXPECT_EQ(columns_of(text), columns) << text;
  EXPECT_EQ(first_columns("\xE6\xBC\xA2\xE5\xAD\x97", 3), "\xE6\xBC\xA2") << "half a character is none";
  EXPECT_EQ(first_columns("u\xCC\x88x", 1), "u\xCC\x88");
  EXPECT_EQ(first_columns("rate", 9), "rate");
}

}  // namespace
}  // namespace sterlet::base
