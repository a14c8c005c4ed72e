#include "sterlet/studyfile/values.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/studyfile/foreign.h"
#include "sterlet/studyfile/meant.h"

namespace sterlet::studyfile {

namespace {

constexpr double kBytesMax = 1e18;
constexpr double kSecondsMax = 1e10;  // 300 years; milliseconds of it still fit an int64.

}  // namespace

void Values::fault(Mark mark, std::string_view what, std::string next) const {
  faults_.add(mark, scope_.empty() ? std::string(what) : fmt::format("{}: {}", scope_, what), std::move(next));
}

bool Values::is_map(const YamlNode& node, std::string_view key, std::string_view example) const {
  if (node.is_map()) return true;
  fault(node.mark, fmt::format("{} must be a map of keys (found {})", key, shown(node)),
        fmt::format("write it as in {}", example));
  return false;
}

void Values::check_keys(const YamlNode& map, const std::vector<std::string>& keys, std::string_view place) const {
  for (const YamlEntry& entry : map.entries) {
    if (std::find(keys.begin(), keys.end(), entry.key) != keys.end()) continue;
    std::string next = foreign_advice(place, entry.key);
    if (next.empty()) next = base::suggest_name(entry.key, keys);
    if (next.empty()) next = "see docs/study-file.md for the keys there are";
    fault(entry.key_mark, fmt::format("unknown key '{}'", clipped(entry.key)), std::move(next));
  }
}

std::optional<std::string> Values::text(const YamlNode& node, std::string_view key) const {
  if (node.is_scalar() && !node.is_null() && !node.text.empty()) return node.text;
  fault(node.mark, fmt::format("{} must be text (found {})", key, node.is_scalar() ? "nothing" : shown(node)),
        "write one word, or text in quotes");
  return std::nullopt;
}

std::optional<double> Values::number(const YamlNode& node, std::string_view key) const {
  const base::Json value = json_from_yaml(node);
  if (!value.is_number()) {
    const bool is_number_as_text = node.quoted && base::parse_number(node.text).has_value();
    const std::string meant = node.is_scalar() ? number_meant(node.text) : std::string();
    fault(node.mark, fmt::format("{} must be a number (found {})", key, shown(node)),
          is_number_as_text ? "remove the quotes"
          : meant.empty()   ? fmt::format("write it as in {}: 0.1 or {}: 1e-3", key, key)
                            : fmt::format("write {}: {}", key, meant));
    return std::nullopt;
  }
  const auto number = value.get<double>();
  if (!std::isfinite(number)) {
    fault(node.mark, fmt::format("{} must be a finite number (found {})", key, shown(node)),
          "give the largest or smallest value that makes sense");
    return std::nullopt;
  }
  return number;
}

std::optional<std::int64_t> Values::integer(const YamlNode& node, std::string_view key, std::int64_t low,
                                            std::int64_t high) const {
  const base::Json value = json_from_yaml(node);
  // 1e3 is a number with an exponent, and as whole as 1000.
  std::optional<std::int64_t> whole;
  if (value.is_number_integer() && !value.is_number_unsigned()) whole = value.get<std::int64_t>();
  if (value.is_number_float()) {
    const auto real = value.get<double>();
    if (real == std::floor(real) && std::fabs(real) < 9e15) whole = static_cast<std::int64_t>(real);
  }
  if (whole && *whole >= low && *whole <= high) return whole;
  const bool is_number_as_text = node.quoted && base::parse_integer(node.text).has_value();
  const std::string meant = node.is_scalar() ? number_meant(node.text) : std::string();
  const std::string range = high == std::numeric_limits<std::int64_t>::max() ? fmt::format("of at least {}", low)
                                                                             : fmt::format("from {} to {}", low, high);
  fault(node.mark, fmt::format("{} must be a whole number {} (found {})", key, range, shown(node)),
        is_number_as_text
            ? "remove the quotes"
            : fmt::format("write {}{}: {}", meant.empty() ? "it as in " : "", key,
                          meant.empty() ? std::to_string(std::clamp<std::int64_t>(3, low, high)) : meant));
  return std::nullopt;
}

std::optional<bool> Values::boolean(const YamlNode& node, std::string_view key) const {
  const base::Json value = json_from_yaml(node);
  if (value.is_boolean()) return value.get<bool>();
  fault(node.mark, fmt::format("{} must be true or false (found {})", key, shown(node)),
        node.quoted ? "remove the quotes" : fmt::format("write {}: true or {}: false", key, key));
  return std::nullopt;
}

std::optional<double> Values::duration(const YamlNode& node, std::string_view key) const {
  std::optional<double> seconds;
  if (node.is_scalar() && !node.is_null()) seconds = base::parse_duration(node.text);
  if (seconds && *seconds > 0 && *seconds <= kSecondsMax) return seconds;
  const std::string meant = node.is_scalar() ? duration_meant(node.text) : std::string();
  fault(node.mark, fmt::format("{} must be a time above 0 (found {})", key, shown(node)),
        meant.empty() ? "write it as in 45s, 30m, 1h30m or 2d, or as a number of seconds"
                      : fmt::format("write {}: {}", key, meant));
  return std::nullopt;
}

std::optional<std::int64_t> Values::bytes(const YamlNode& node, std::string_view key) const {
  std::optional<double> amount;
  if (node.is_scalar() && !node.is_null()) amount = base::parse_bytes(node.text);
  if (amount && *amount >= 1 && *amount <= kBytesMax) return static_cast<std::int64_t>(*amount);
  const std::string meant = node.is_scalar() ? bytes_meant(node.text) : std::string();
  fault(node.mark, fmt::format("{} must be an amount of memory above 0 (found {})", key, shown(node)),
        meant.empty() ? "write it as in 2GiB or 500MB, or as a number of bytes"
                      : fmt::format("write {}: {}", key, meant));
  return std::nullopt;
}

std::optional<std::string> Values::word(const YamlNode& node, std::string_view key,
                                        const std::vector<std::string>& words) const {
  if (!node.is_scalar() || node.is_null()) {
    std::string list;
    for (const std::string& each : words) list += (list.empty() ? "" : ", ") + each;
    fault(node.mark, fmt::format("{} must be one word (found {})", key, shown(node)),
          fmt::format("known are {}", list));
    return std::nullopt;
  }
  if (std::find(words.begin(), words.end(), node.text) != words.end()) return node.text;
  const std::string next = foreign_advice(key, node.text);
  fault(node.mark, fmt::format("unknown {} '{}'", key, clipped(node.text)),
        next.empty() ? base::suggest_name(node.text, words) : next);
  return std::nullopt;
}

std::optional<std::vector<std::string>> Values::texts(const YamlNode& node, std::string_view key,
                                                      std::string_view example) const {
  if (!node.is_list() || node.items.empty()) {
    fault(node.mark,
          fmt::format("{} must be a list of words (found {})", key, node.is_list() ? "an empty list" : shown(node)),
          fmt::format("write it as in {}", example));
    return std::nullopt;
  }
  std::vector<std::string> list;
  for (const YamlNode& item : node.items) {
    if (!item.is_scalar() || item.is_null()) {
      fault(item.mark, fmt::format("each item of {} must be a word (found {})", key, shown(item)),
            item.is_null() ? "remove it, or write \"\" for an empty word" : fmt::format("write it as in {}", example));
      return std::nullopt;
    }
    list.push_back(item.text);
  }
  return list;
}

}  // namespace sterlet::studyfile
