#include "sterlet/studyfile/substitute.h"

#include <algorithm>

namespace sterlet::studyfile {

namespace {

bool is_name_part(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

std::string substitute(std::string_view text, std::string_view name, std::string_view literal) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const char c = text[at];
    std::size_t end = at + 1;
    if (c == '"' || c == '\'') {
      while (end < text.size() && text[end] != c) end += text[end] == '\\' ? 2 : 1;
      end = std::min(end + 1, text.size());
      out += text.substr(at, end - at);
    } else if (is_name_part(c)) {
      while (end < text.size() && is_name_part(text[end])) ++end;
      const std::string_view word = text.substr(at, end - at);
      out += word == name ? literal : word;
    } else {
      out += c;
    }
    at = end;
  }
  return out;
}

std::string text_literal(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

}  // namespace sterlet::studyfile
