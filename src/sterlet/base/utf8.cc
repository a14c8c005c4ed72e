#include "sterlet/base/utf8.h"

#include <algorithm>

namespace sterlet::base {

namespace {

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

}  // namespace

Utf8Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {.code = first, .length = 1, .is_whole = true};
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return {.code = first};
  char32_t code = first & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(text[i])) return {.code = first};
    code = (code << 6) | (byte(i) & 0x3FU);
  }
  const bool is_longer_than_needed = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool is_surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (is_longer_than_needed || is_surrogate || code > 0x10FFFF) return {.code = first};
  return {.code = code, .length = length, .is_whole = true};
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return !is_continuation(byte); }));
}

std::string_view first_bytes(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && is_continuation(text[end])) --end;
  return text.substr(0, end);
}

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const Utf8Character next = first_character(text);
    columns += next.is_whole ? columns_of(next.code) : 1;
    text.remove_prefix(next.length);
  }
  return columns;
}

std::string_view first_columns(std::string_view text, std::size_t columns) {
  std::size_t at = 0;
  while (at < text.size()) {
    const Utf8Character next = first_character(text.substr(at));
    const std::size_t width = next.is_whole ? columns_of(next.code) : 1;
    if (width > columns) break;
    columns -= width;
    at += next.length;
  }
  return text.substr(0, at);
}

}  // namespace sterlet::base
