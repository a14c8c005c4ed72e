#include "sterlet/studyfile/meant.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sterlet/base/text.h"

namespace sterlet::studyfile {

namespace {

constexpr std::string_view kDigits = "0123456789";

std::string lower(std::string_view text) {
  std::string small(text);
  for (char& c : small) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return small;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

// Both sides of a mark between two numbers.
std::optional<std::pair<double, double>> numbers_around(std::string_view text, std::string_view mark) {
  const std::size_t at = text.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  const auto left = base::parse_number(trimmed(text.substr(0, at)));
  const auto right = base::parse_number(trimmed(text.substr(at + mark.size())));
  if (!left || !right) return std::nullopt;
  return std::pair(*left, *right);
}

bool is_all_of(std::string_view text, std::string_view characters) {
  return !text.empty() && text.find_first_not_of(characters) == std::string_view::npos;
}

std::vector<std::string> parts_of(std::string_view text, char mark) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = std::min(text.find(mark), text.size());
    parts.emplace_back(trimmed(text.substr(0, end)));
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

struct Unit {
  std::string_view words;  // With a blank between.
  std::string_view ours;
};

std::string_view unit_of(std::string_view word, const auto& units) {
  for (const Unit& unit : units) {
    for (const std::string& known : parts_of(unit.words, ' ')) {
      if (known == word) return unit.ours;
    }
  }
  return {};
}

struct Distribution {
  std::string_view words;
  std::string_view type;   // Empty: choices.
  std::string_view scale;  // Empty: linear.
};
constexpr std::array kDistributions{
    Distribution{"uniform float real suggest_float quniform range_float", "float", ""},
    Distribution{"loguniform log_uniform reciprocal qloguniform log", "float", "log"},
    Distribution{"randint int integer uniformint quniformint suggest_int range", "int", ""},
    Distribution{"lograndint logint log_int qlograndint", "int", "log"},
    Distribution{"choice choices categorical suggest_categorical grid_search enum", "", ""},
};

}  // namespace

std::string number_meant(std::string_view text) {
  for (const std::string_view mark : {"**", "^"}) {
    const auto power = numbers_around(text, mark);
    if (!power || power->second != std::floor(power->second) || std::fabs(power->second) > 300) continue;
    return power->first == 10 ? fmt::format("1e{}", static_cast<int>(power->second))
                              : base::number_text(std::pow(power->first, power->second));
  }
  if (const auto ratio = numbers_around(text, "/"); ratio && ratio->second != 0)
    return base::number_text(ratio->first / ratio->second);
  if (text.ends_with('%')) {
    const auto percent = base::parse_number(text.substr(0, text.size() - 1));
    return percent ? base::number_text(*percent / 100) : std::string();
  }
  if (text.find('_') == std::string_view::npos || !is_all_of(text, "0123456789_.-")) return {};
  std::string plain(text);
  std::erase(plain, '_');
  return base::parse_number(plain) ? plain : std::string();
}

std::string duration_meant(std::string_view text) {
  constexpr std::array kUnits{Unit{"d day days", "d"}, Unit{"h hr hrs hour hours", "h"},
                              Unit{"m min mins minute minutes", "m"}, Unit{"s sec secs second seconds", "s"}};
  const auto parts = parts_of(text, ':');
  if (parts.size() == 2 || parts.size() == 3) {  // h:m:s, or h:m.
    std::string meant;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const auto amount = base::parse_integer(parts[i]);
      if (!amount || *amount < 0) return {};
      if (*amount > 0) meant += fmt::format("{}{}", *amount, "hms"[i]);
    }
    return meant;
  }
  std::string rest = lower(text), meant;
  if (rest.starts_with("pt")) rest.erase(0, 2);
  std::string_view left = rest;
  while (!(left = trimmed(left)).empty()) {
    const std::size_t digits = std::min(left.find_first_not_of("0123456789."), left.size());
    const std::string_view amount = left.substr(0, digits);
    if (!base::parse_number(amount)) return {};
    left = trimmed(left.substr(digits));
    const std::size_t letters = std::min(left.find_first_of(" 0123456789."), left.size());
    const std::string_view unit = unit_of(left.substr(0, letters), kUnits);
    if (unit.empty()) return {};
    meant += std::string(amount) + std::string(unit);
    left.remove_prefix(letters);
  }
  return meant;
}

std::string bytes_meant(std::string_view text) {
  constexpr std::array kUnits{Unit{"k kb kib ki", "KiB"}, Unit{"m mb mib mi", "MiB"},
                              Unit{"g gb gib gi gigabytes", "GiB"}, Unit{"t tb tib ti", "TiB"}};
  const std::string small = lower(trimmed(text));
  const std::size_t digits = std::min(small.find_first_not_of("0123456789."), small.size());
  const std::string_view unit = unit_of(trimmed(std::string_view(small).substr(digits)), kUnits);
  if (unit.empty() || !base::parse_number(small.substr(0, digits))) return {};
  return small.substr(0, digits) + std::string(unit);
}

std::string range_meant(std::string_view text) {
  const auto range = [](std::string_view type, std::string_view scale, const std::string& low,
                        const std::string& high) {
    return fmt::format("{{type: {}, low: {}, high: {}{}}}", type, low, high,
                       scale.empty() ? std::string() : fmt::format(", scale: {}", scale));
  };
  if (const auto bounds = numbers_around(text, "..")) {
    const std::size_t at = text.find("..");
    const std::string low(trimmed(text.substr(0, at))), high(trimmed(text.substr(at + 2)));
    const bool is_whole = base::parse_integer(low) && base::parse_integer(high);
    return range(is_whole ? "int" : "float", "", low, high);
  }
  const std::size_t open = text.find('(');
  if (open == std::string_view::npos || !text.ends_with(')')) return {};
  std::string name = lower(trimmed(text.substr(0, open)));
  name.erase(0, name.rfind('.') + 1);  // Of a module: tune.uniform.
  const auto* const row = std::find_if(kDistributions.begin(), kDistributions.end(), [&](const Distribution& one) {
    const auto words = parts_of(one.words, ' ');
    return std::find(words.begin(), words.end(), name) != words.end();
  });
  if (row == kDistributions.end()) return {};
  std::string inner(text.substr(open + 1, text.size() - open - 2));
  if (row->type.empty()) {
    std::erase_if(inner, [](char c) { return c == '[' || c == ']' || c == '(' || c == ')'; });
    return fmt::format("{{choices: [{}]}}", base::printable(inner));
  }
  const auto bounds = parts_of(inner, ',');
  if (bounds.size() < 2 || !base::parse_number(bounds[0]) || !base::parse_number(bounds[1])) {
    return range(row->type, row->scale, row->scale.empty() ? "0" : "1e-4", "1");
  }
  return range(row->type, row->scale, bounds[0], bounds[1]);
}

std::string name_meant(std::string_view text) {
  text = trimmed(text);
  text.remove_prefix(std::min(text.find_first_not_of("-_"), text.size()));
  std::string name;
  for (const char c : text) name += c == ' ' ? '_' : c == '/' || c == ':' ? '.' : c;
  const bool is_letter = !name.empty() && ((name[0] >= 'a' && name[0] <= 'z') || (name[0] >= 'A' && name[0] <= 'Z'));
  constexpr std::string_view kCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
  return is_letter && is_all_of(name, kCharacters) ? name : std::string();
}

std::string comma_number(const YamlNode& map, std::size_t at) {
  if (at == 0 || at >= map.entries.size()) return {};
  const YamlEntry& rest = map.entries[at];
  const YamlNode& begin = map.entries[at - 1].value;
  const bool is_cut = is_all_of(rest.key, kDigits) && rest.value.is_null() && begin.is_scalar() && !begin.quoted &&
                      base::parse_integer(begin.text).has_value();
  if (!is_cut) return {};
  // 10,000 is a large number to some, and a small one to others; here it stands where whole ones are.
  const bool is_thousands = rest.key.size() == 3 && begin.text != "0" && begin.text != "-0";
  return begin.text + (is_thousands ? "" : ".") + rest.key;
}

}  // namespace sterlet::studyfile
