#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace sterlet::report {

/// These write JSON that can stand inside a script element: without '<' neither "</script>" nor "<!--" can occur, and
/// both forms mean the same to a JSON reader. Text that is not UTF-8 shows replacement characters.
void append_json(std::string& out, const nlohmann::json& value);
void append_text(std::string& out, std::string_view text);
/// With `digits` significant digits; 0: as many as read back as the same double. NaN and infinities are null.
void append_number(std::string& out, double value, int digits = 0);

/// A list: `append(i)` writes the i-th of `count` elements.
template <typename Append>
void append_list(std::string& out, std::size_t count, Append append) {
  out += '[';
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) out += ',';
    append(i);
  }
  out += ']';
}

}  // namespace sterlet::report
