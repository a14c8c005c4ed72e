#include "sterlet/studyfile/yaml_places.h"

#include <algorithm>
#include <array>
#include <string>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/base/utf8.h"

namespace sterlet::studyfile {

namespace {

constexpr std::string_view kKeyCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";

// Where a pattern without quotes stands in a line that means something else to YAML.
std::optional<std::size_t> bare_pattern(std::string_view line) {
  constexpr std::string_view kKey = "pattern: ";
  const std::size_t key = line.find(kKey);
  if (key == std::string_view::npos) return std::nullopt;
  const std::size_t begin = key + kKey.size();
  const std::string_view rest = line.substr(begin);
  if (rest.find_first_of("\"'") != std::string_view::npos) return std::nullopt;
  constexpr std::array<std::string_view, 5> kMeaning = {": ", " #", ",", "[", "{"};
  const bool has_meaning = std::any_of(kMeaning.begin(), kMeaning.end(), [&](std::string_view text) {
    return rest.find(text) != std::string_view::npos;
  });
  return has_meaning ? std::optional(begin) : std::nullopt;
}

}  // namespace

YamlPlaces::YamlPlaces(std::string_view text) : text_(text) {
  starts_.push_back(0);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') starts_.push_back(i + 1);
  }
}

Mark YamlPlaces::end() const {
  return {static_cast<int>(starts_.size()), static_cast<int>(text_.size() - starts_.back()) + 1};
}

std::optional<YamlFault> YamlPlaces::find_open_quote(const YamlNode& node) const {
  if (node.is_scalar() && node.quoted && !closes(node.mark)) {
    return YamlFault{node.mark, "this quote is never closed", "add the closing quote"};
  }
  for (const YamlNode& item : node.items) {
    if (auto fault = find_open_quote(item)) return fault;
  }
  for (const YamlEntry& entry : node.entries) {
    if (auto fault = find_open_quote(entry.value)) return fault;
  }
  return std::nullopt;
}

std::optional<YamlFault> YamlPlaces::find_slip(Mark noticed) const {
  for (std::size_t i = 0; i < starts_.size() && static_cast<int>(i) < noticed.line; ++i) {
    const std::string_view line = text_.substr(starts_[i], text_.find_first_of("\r\n", starts_[i]) - starts_[i]);
    const auto mark_at = [&](std::size_t at) { return Mark{static_cast<int>(i) + 1, static_cast<int>(at) + 1}; };
    if (const auto pattern = bare_pattern(line)) {
      return YamlFault{mark_at(*pattern), "the pattern has characters that mean something in YAML",
                       "put it in single quotes, as in pattern: 'loss: (?<loss>\\S+)'"};
    }
    const std::size_t begin = std::min(line.find_first_not_of(' '), line.size());
    const std::size_t colon = line.find_first_not_of(kKeyCharacters, begin);
    if (colon == std::string_view::npos || colon == begin || line[colon] != ':' || colon + 1 == line.size()) continue;
    if (line[colon + 1] == ' ' || line[colon + 1] == '/' || line[colon + 1] == ':') continue;
    const std::string_view value = line.substr(colon + 1, line.find(' ', colon) - colon - 1);
    return YamlFault{
        mark_at(colon), "no space follows this colon, so that it ends no key",
        fmt::format("write {}: {}", base::printable(line.substr(begin, colon - begin)), base::printable(value))};
  }
  return std::nullopt;
}

bool YamlPlaces::has_line_of(std::string_view begin) const {
  return std::any_of(starts_.begin(), starts_.end(),
                     [&](std::size_t start) { return text_.substr(start).starts_with(begin); });
}

void YamlPlaces::fix(Mark& mark) const {
  if (mark.line < 1 || static_cast<std::size_t>(mark.line) > starts_.size()) return;
  const std::size_t start = starts_[static_cast<std::size_t>(mark.line) - 1];
  const std::size_t end = std::min(text_.size(), start + static_cast<std::size_t>(mark.column) - 1);
  mark.column = 1 + static_cast<int>(base::count_characters(text_.substr(start, end - start)));
}

void YamlPlaces::fix(YamlNode& node) const {
  fix(node.mark);
  for (YamlNode& item : node.items) fix(item);
  for (YamlEntry& entry : node.entries) {
    fix(entry.key_mark);
    fix(entry.value);
  }
}

bool YamlPlaces::closes(Mark mark) const {
  if (mark.line < 1 || static_cast<std::size_t>(mark.line) > starts_.size()) return true;
  std::size_t at = starts_[static_cast<std::size_t>(mark.line) - 1] + static_cast<std::size_t>(mark.column) - 1;
  if (at >= text_.size() || (text_[at] != '"' && text_[at] != '\'')) return true;
  const char quote = text_[at];
  for (++at; at < text_.size(); ++at) {
    if (text_[at] == '\\' && quote == '"') {
      ++at;
    } else if (text_[at] == quote) {
      if (quote == '"' || at + 1 >= text_.size() || text_[at + 1] != quote) return true;
      ++at;  // Two single quotes are one within the text.
    }
  }
  return false;
}

}  // namespace sterlet::studyfile
