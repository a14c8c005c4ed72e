#pragma once

#include <cstddef>
#include <string_view>

namespace sterlet::base {

/// One character of UTF-8.
struct Utf8Character {
  char32_t code = 0;       ///< The first byte, where it is none.
  std::size_t length = 1;  ///< Bytes; 1 where it is none.
  bool is_whole = false;   ///< Whether it is one.
};

/// The first character of a text that is not empty. Refuses what the standard refuses: parts, forms longer than needed,
/// surrogates, what is above U+10FFFF.
Utf8Character first_character(std::string_view text);

/// How many characters begin in it.
std::size_t count_characters(std::string_view text);

/// At most so many bytes of a text from its beginning, cut between characters.
std::string_view first_bytes(std::string_view text, std::size_t bytes_max);

/// Columns that it takes on a terminal: 2 for Chinese, Japanese, Korean and emoji, 0 for marks that are put on the
/// character before, 1 for all else, controls and bytes that are no UTF-8 included.
std::size_t columns_of(char32_t character);
std::size_t columns_of(std::string_view text);

/// As much of a text from its beginning as fits so many columns; marks stay with their character.
std::string_view first_columns(std::string_view text, std::size_t columns);

}  // namespace sterlet::base
