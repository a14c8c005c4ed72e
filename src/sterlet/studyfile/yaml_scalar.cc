#include "sterlet/studyfile/yaml_scalar.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "sterlet/base/text.h"

namespace sterlet::studyfile {

namespace {

bool all_of(std::string_view text, std::string_view allowed) {
  return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool looks_like_float(std::string_view text) {
  const std::string_view digits = "0123456789";
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  const std::size_t exponent = text.find_first_of("eE");
  if (exponent != std::string_view::npos) {
    std::string_view power = text.substr(exponent + 1);
    if (!power.empty() && (power.front() == '-' || power.front() == '+')) power.remove_prefix(1);
    if (!all_of(power, digits)) return false;
    text = text.substr(0, exponent);
  }
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos) return all_of(text, digits);
  const std::string_view whole = text.substr(0, point), fraction = text.substr(point + 1);
  if (whole.empty()) return all_of(fraction, digits);
  return all_of(whole, digits) && (fraction.empty() || all_of(fraction, digits));
}

std::optional<base::Json> based_integer(std::string_view text, std::string_view prefix, int base) {
  if (text.substr(0, prefix.size()) != prefix) return std::nullopt;
  text.remove_prefix(prefix.size());
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || end != text.data() + text.size() || error != std::errc()) return std::nullopt;
  if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return base::Json(static_cast<std::int64_t>(value));
  }
  return base::Json(value);
}

}  // namespace

base::Json plain_scalar(std::string_view text) {
  for (const char* name : {"", "~", "null", "Null", "NULL"}) {
    if (text == name) return nullptr;
  }
  for (const char* name : {"true", "True", "TRUE"}) {
    if (text == name) return true;
  }
  for (const char* name : {"false", "False", "FALSE"}) {
    if (text == name) return false;
  }
  if (auto octal = based_integer(text, "0o", 8)) return *octal;
  if (auto hexadecimal = based_integer(text, "0x", 16)) return *hexadecimal;
  for (const char* name : {".nan", ".NaN", ".NAN"}) {
    if (text == name) return std::nan("");
  }
  std::string_view unsigned_text = text;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) unsigned_text.remove_prefix(1);
  for (const char* name : {".inf", ".Inf", ".INF"}) {
    if (unsigned_text == name) return text.front() == '-' ? -HUGE_VAL : HUGE_VAL;
  }
  if (!looks_like_float(text)) return std::string(text);
  if (all_of(unsigned_text, "0123456789")) {
    if (const auto integer = base::parse_integer(text)) return *integer;
    std::uint64_t large = 0;
    const auto [end, error] = std::from_chars(unsigned_text.data(), unsigned_text.data() + unsigned_text.size(), large);
    if (error == std::errc() && text.front() != '-') return large;
  }
  if (const auto number = base::parse_number(text)) return *number;
  return std::string(text);
}

}  // namespace sterlet::studyfile
