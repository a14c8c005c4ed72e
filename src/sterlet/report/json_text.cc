#include "sterlet/report/json_text.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>

namespace sterlet::report {

void append_json(std::string& out, const nlohmann::json& value) {
  for (const char letter : value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)) {
    if (letter == '<') {
      out += "\\u003c";
    } else {
      out += letter;
    }
  }
}

void append_text(std::string& out, std::string_view text) { append_json(out, nlohmann::json(text)); }

void append_number(std::string& out, double value, int digits) {
  if (!std::isfinite(value)) {
    out += "null";
  } else if (digits > 0) {
    fmt::format_to(std::back_inserter(out), "{:.{}g}", value, digits);
  } else {
    fmt::format_to(std::back_inserter(out), "{}", value);
  }
}

}  // namespace sterlet::report
