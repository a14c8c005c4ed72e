#include "sterlet/studyfile/yaml_places.h"

#include <algorithm>
#include <utility>

#include "sterlet/base/utf8.h"
#include "sterlet/studyfile/yaml_slips.h"

namespace sterlet::studyfile {

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
    if (auto slip = find_slip_in(line, static_cast<int>(i) + 2 >= noticed.line)) {
      return YamlFault{
          {static_cast<int>(i) + 1, static_cast<int>(slip->at) + 1}, std::move(slip->what), std::move(slip->next)};
    }
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
