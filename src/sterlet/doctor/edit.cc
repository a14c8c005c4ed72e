#include "sterlet/doctor/edit.h"

#include <algorithm>
#include <string_view>

#include "sterlet/base/text.h"
#include "sterlet/base/utf8.h"
#include "sterlet/studyfile/yaml_scan.h"
#include "sterlet/studyfile/yaml_tree.h"

namespace sterlet::doctor {

namespace {

using studyfile::Mark;
using studyfile::YamlEntry;
using studyfile::YamlNode;

constexpr std::string_view kBlanks = " \t\r\n";

// Where nodes of a parsed text stand in it, in bytes. All functions give nothing where the text does not look as
// expected, as at an alias or an anchor.
class Layout final {
 public:
  explicit Layout(std::string_view text) : text_(text) {
    starts_.push_back(0);
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') starts_.push_back(i + 1);
    }
  }

  std::string_view text() const { return text_; }
  std::size_t line_start(Mark mark) const { return starts_[static_cast<std::size_t>(mark.line) - 1]; }
  std::size_t offset(Mark mark) const {
    std::size_t at = line_start(mark);
    for (int column = 1; column < mark.column && at < text_.size(); ++column) {
      at += std::max<std::size_t>(1, base::first_character(text_.substr(at)).length);
    }
    return std::min(at, text_.size());
  }
  char at(std::size_t offset) const { return offset < text_.size() ? text_[offset] : '\0'; }

  bool is_flow(const YamlNode& node) const {
    const char c = at(offset(node.mark));
    return node.is_map() ? c == '{' : node.is_list() && c == '[';
  }

  // Comments between the lines of a value, for what takes its place.
  std::string comments_within(std::size_t begin, std::size_t end) const {
    std::string comments;
    for (std::size_t at = begin; at < end;) {
      const std::size_t line = std::min(text_.find('\n', at), end);
      const std::size_t hash = text_.substr(at, line - at).find(" #");
      if (hash != std::string_view::npos) {
        const std::string_view comment = text_.substr(at + hash, line - at - hash);
        comments += " " + std::string(comment.substr(0, comment.find_last_not_of(kBlanks) + 1));
      }
      at = line + 1;
    }
    return comments;
  }

  // One past a value's last byte.
  std::optional<std::size_t> end_of(const YamlNode& node, bool in_flow) const {
    const std::size_t begin = offset(node.mark);
    if (node.is_scalar()) return end_of_scalar(node, begin, in_flow);
    if (is_flow(node)) return end_of_flow(begin);
    const char first = at(begin);
    if (first == '*' || first == '&' || first == '!') return std::nullopt;
    if (node.is_map()) return node.entries.empty() ? std::nullopt : end_of(node.entries.back().value, false);
    return node.items.empty() ? std::nullopt : end_of(node.items.back(), false);
  }

 private:
  std::optional<std::size_t> end_of_quote(std::size_t at) const {
    const char quote = text_[at];
    for (++at; at < text_.size(); ++at) {
      if (text_[at] == '\\' && quote == '"') {
        ++at;
      } else if (text_[at] == quote) {
        if (quote == '"' || this->at(at + 1) != quote) return at + 1;
        ++at;
      }
    }
    return std::nullopt;
  }

  std::optional<std::size_t> end_of_scalar(const YamlNode& node, std::size_t begin, bool in_flow) const {
    const char first = at(begin);
    if (first == '"' || first == '\'') return end_of_quote(begin);
    std::size_t end = begin;
    while (end < text_.size() && text_[end] != '\n') {
      if (in_flow && std::string_view(",]}").find(text_[end]) != std::string_view::npos) break;
      if (text_[end] == '#' && end > begin && kBlanks.find(text_[end - 1]) != std::string_view::npos) break;
      ++end;
    }
    while (end > begin && kBlanks.find(text_[end - 1]) != std::string_view::npos) --end;
    // A text of several lines, an alias or a tag is not what it reads as.
    return text_.substr(begin, end - begin) == node.text && end > begin ? std::optional(end) : std::nullopt;
  }

  std::optional<std::size_t> end_of_flow(std::size_t at) const {
    int depth = 0;
    while (at < text_.size()) {
      const char c = text_[at];
      const char before = at > 0 ? text_[at - 1] : ' ';
      if ((c == '"' || c == '\'') && std::string_view(" \t\r\n[{,:").find(before) != std::string_view::npos) {
        const auto end = end_of_quote(at);
        if (!end) return std::nullopt;
        at = *end;
        continue;
      }
      if (c == '#' && kBlanks.find(before) != std::string_view::npos) {
        at = std::min(text_.find('\n', at), text_.size());
        continue;
      }
      if (c == '[' || c == '{') ++depth;
      if (c == ']' || c == '}') --depth;
      ++at;
      if (depth == 0) return at;
    }
    return std::nullopt;
  }

  std::string_view text_;
  std::vector<std::size_t> starts_;
};

std::string value_text(const base::Json& value, bool is_quoted) {
  if (value.is_number_float()) return base::number_text(value.get<double>());
  if (value.is_string() && !is_quoted) {
    // Plain where that reads back as this text.
    const std::string& word = value.get_ref<const std::string&>();
    const bool is_plain = !word.empty() && word.find_first_not_of(
                                               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                               "0123456789_<=") == std::string::npos;
    const auto read = studyfile::parse_yaml(word);
    if (is_plain && read && studyfile::json_from_yaml(*read) == value) return word;
  }
  if (value.is_array()) {
    std::string text = "[";
    for (const base::Json& item : value) text += (text.size() > 1 ? ", " : "") + value_text(item, is_quoted);
    return text + "]";
  }
  return value.dump();
}

bool has_quoted_keys(const Layout& layout, const YamlNode& map) {
  return !map.entries.empty() && layout.at(layout.offset(map.entries.front().key_mark)) == '"';
}

std::string with(std::string_view text, std::size_t begin, std::size_t end, std::string_view put) {
  std::string out(text.substr(0, begin));
  out += put;
  out += text.substr(end);
  return out;
}

// A map's key gets a value, one that is written out already.
std::optional<std::string> set_key(const Layout& layout, const YamlNode& map, bool in_flow, std::string_view key,
                                   const base::Json& value) {
  const std::string_view text = layout.text();
  const bool is_flow = layout.is_flow(map), is_quoted = has_quoted_keys(layout, map);
  if (const YamlNode* old = map.find(key)) {
    const auto end = layout.end_of(*old, is_flow || in_flow);
    if (!end) return std::nullopt;
    const std::size_t begin = layout.offset(old->mark);
    return with(text, begin, *end, value_text(value, is_quoted) + layout.comments_within(begin, *end));
  }
  const std::string entry = is_quoted ? base::Json(key).dump() + ": " + value_text(value, true)
                                      : std::string(key) + ": " + value_text(value, false);
  if (map.entries.empty()) {
    const std::size_t begin = layout.offset(map.mark);
    if (!is_flow) return std::nullopt;
    return with(text, begin + 1, begin + 1, entry);
  }
  const auto end = layout.end_of(map.entries.back().value, is_flow || in_flow);
  if (is_flow) {
    if (!end) return std::nullopt;
    return with(text, *end, *end, ", " + entry);
  }
  const Mark first = map.entries.front().key_mark;
  const std::size_t line = layout.line_start(first);
  const std::string_view indentation = text.substr(line, layout.offset(first) - line);
  if (indentation.find_first_not_of(' ') != std::string_view::npos) return std::nullopt;
  if (!end) {
    // The last value is a text of several lines or the like: before it then.
    const std::size_t before = layout.line_start(map.entries.back().key_mark);
    const bool has_returns = before > 1 && text[before - 2] == '\r';
    return with(text, before, before, std::string(indentation) + entry + (has_returns ? "\r\n" : "\n"));
  }
  const std::size_t newline = text.find('\n', *end);
  const bool has_returns = newline != std::string_view::npos && newline > 0 && text[newline - 1] == '\r';
  const std::size_t place = newline == std::string_view::npos ? text.size() : newline - (has_returns ? 1 : 0);
  return with(text, place, place, (has_returns ? "\r\n" : "\n") + std::string(indentation) + entry);
}

// A parameter that only a preset knows.
std::optional<std::string> add_declaration(const Layout& layout, const YamlNode& root, const Edit& edit) {
  const YamlNode* params = root.find("params");
  const bool is_quoted = has_quoted_keys(layout, root);
  const base::Json declaration{{edit.key, edit.value}};
  const std::string written =
      is_quoted ? declaration.dump() : "{" + edit.key + ": " + value_text(edit.value, false) + "}";
  const std::string placeholder = "sterlet0edit";
  std::optional<std::string> changed;
  std::string put = written;
  if (params == nullptr) {
    put = is_quoted ? base::Json{{edit.parameter, declaration}}.dump() : "{" + edit.parameter + ": " + written + "}";
    changed = set_key(layout, root, false, "params", placeholder);
  } else if (params->is_map()) {
    changed = set_key(layout, *params, layout.is_flow(root), edit.parameter, placeholder);
  }
  if (!changed) return std::nullopt;
  const std::string mark = is_quoted ? '"' + placeholder + '"' : placeholder;
  const std::size_t at = changed->find(mark);
  return at == std::string::npos ? std::nullopt : std::optional(with(*changed, at, at + mark.size(), put));
}

base::Json expected(base::Json root, const Edit& edit) {
  if (edit.parameter.empty()) {
    root[edit.key] = edit.value;
  } else {
    root["params"][edit.parameter][edit.key] = edit.value;
  }
  return root;
}

}  // namespace

std::optional<std::string> apply_edit(const std::string& text, const Edit& edit) {
  const auto root = studyfile::parse_yaml(text);
  if (!root || !root->is_map()) return std::nullopt;
  const Layout layout(text);
  std::optional<std::string> changed;
  if (edit.parameter.empty()) {
    changed = set_key(layout, *root, false, edit.key, edit.value);
  } else {
    const YamlNode* params = root->find("params");
    const YamlNode* declaration = params == nullptr ? nullptr : params->find(edit.parameter);
    if (declaration == nullptr) {
      changed = add_declaration(layout, *root, edit);
    } else if (declaration->is_map()) {
      const char first = layout.at(layout.offset(declaration->mark));
      if (first == '*' || first == '&') return std::nullopt;
      changed = set_key(layout, *declaration, layout.is_flow(*params), edit.key, edit.value);
    }
  }
  if (!changed) return std::nullopt;
  const auto read = studyfile::parse_yaml(*changed);
  if (!read) return std::nullopt;
  // A key may stand before others that it would follow in the document.
  const nlohmann::json got = studyfile::json_from_yaml(*read),
                       wanted = expected(studyfile::json_from_yaml(*root), edit);
  return got == wanted ? changed : std::nullopt;
}

}  // namespace sterlet::doctor
