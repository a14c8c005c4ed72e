#include "sterlet/studyfile/yaml_scan.h"

#include <vector>

#include <fmt/format.h>

#include "sterlet/base/utf8.h"

namespace sterlet::studyfile {

namespace {

class Scanner final {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::optional<YamlFault> run() {
    while (at_ < text_.size()) {
      if (auto fault = at_line_start_ ? scan_indentation() : scan_character()) return fault;
    }
    return std::nullopt;
  }

 private:
  YamlFault fault(std::string what, std::string next) const { return {mark_, std::move(what), std::move(next)}; }

  std::optional<YamlFault> step() {
    const base::Utf8Character next = base::first_character(text_.substr(at_));
    const auto byte = static_cast<unsigned char>(text_[at_]);
    if (!next.is_whole) {
      return fault(fmt::format("the text is not UTF-8 (found the byte 0x{:02X})", byte),
                   "save the file with UTF-8 encoding");
    }
    if (byte == 0) return fault("the text has a NUL byte", "remove it; a study file is plain text in UTF-8");
    if (byte == 0x7F || (byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t')) {
      return fault(fmt::format("the text has the control character 0x{:02X}", byte), "remove it");
    }
    at_ += next.length;
    if (byte == '\n') {
      mark_ = {mark_.line + 1, 1};
      at_line_start_ = true;
      in_comment_ = false;
    } else {
      ++mark_.column;
    }
    return std::nullopt;
  }

  // Blanks at the start of a line, then markers of block entries ("- - -"), each of which nests one level deeper.
  std::optional<YamlFault> scan_indentation() {
    at_line_start_ = false;
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) {
      if (text_[at_] == '\t' && brackets_ == 0 && quote_ == 0 && !rest_is_blank()) {
        return fault("the line is indented with a tab, which YAML does not allow", "indent with spaces");
      }
      if (auto bad = step()) return bad;
    }
    if (at_ == text_.size() || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '#') return std::nullopt;
    if (auto deep = enter(mark_.column)) return deep;
    while (at_ + 1 < text_.size() && (text_[at_] == '-' || text_[at_] == '?') && text_[at_ + 1] == ' ' && quote_ == 0) {
      while (at_ < text_.size() && (text_[at_] == '-' || text_[at_] == '?' || text_[at_] == ' ')) {
        const bool marker = text_[at_] != ' ';
        if (auto bad = step()) return bad;
        if (marker) break;
      }
      while (at_ < text_.size() && text_[at_] == ' ') {
        if (auto bad = step()) return bad;
      }
      if (auto deep = enter(mark_.column)) return deep;
    }
    return std::nullopt;
  }

  // A no-break space, a space of a certain width, an ideographic one, or one of no width.
  bool is_odd_space() const {
    const std::string_view rest = text_.substr(at_);
    const bool is_wide = rest.size() > 2 && rest.starts_with("\xE2\x80") && static_cast<unsigned char>(rest[2]) <= 0x8B;
    return is_wide || rest.starts_with("\xC2\xA0") || rest.starts_with("\xE3\x80\x80");
  }
  // Where a plain space would be taken for one, and not for a part of a word.
  bool is_between_words() const {
    return at_ == 0 || std::string_view(" \n:-,[{").find(text_[at_ - 1]) != std::string_view::npos;
  }

  bool rest_is_blank() const {
    const std::size_t next = text_.find_first_not_of(" \t\r", at_);
    return next == std::string_view::npos || text_[next] == '\n' || text_[next] == '#';
  }

  std::optional<YamlFault> enter(int column) {
    while (!indents_.empty() && indents_.back() > column) indents_.pop_back();
    if (indents_.empty() || indents_.back() < column) indents_.push_back(column);
    if (indents_.size() > static_cast<std::size_t>(kYamlDepthMax)) return too_deep();
    return std::nullopt;
  }

  YamlFault too_deep() const {
    return fault(fmt::format("the file is nested deeper than {} levels", kYamlDepthMax),
                 "flatten it; a study file needs about five levels");
  }

  std::optional<YamlFault> scan_character() {
    const char c = text_[at_];
    if (in_comment_) return step();
    if (quote_ == 0 && is_odd_space() && is_between_words()) {
      return fault("a space of another kind stands here (such as a no-break space), which YAML takes for a letter",
                   "type a plain space in its place");
    }
    if (quote_ != 0) {
      if (c == '\\' && quote_ == '"' && at_ + 1 < text_.size()) {
        if (auto bad = step()) return bad;
        return step();
      }
      if (c == quote_) quote_ = 0;
      return step();
    }
    const bool after_blank = at_ == 0 || std::string_view(" \t\n[{,:").find(text_[at_ - 1]) != std::string_view::npos;
    if (c == '#' && after_blank) {
      in_comment_ = true;
    } else if ((c == '"' || c == '\'') && after_blank) {
      quote_ = c;
    } else if (c == '[' || c == '{') {
      if (++brackets_ > kYamlDepthMax) return too_deep();
    } else if ((c == ']' || c == '}') && brackets_ > 0) {
      --brackets_;
    }
    return step();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Mark mark_{1, 1};
  bool at_line_start_ = true;
  bool in_comment_ = false;
  char quote_ = 0;
  int brackets_ = 0;
  std::vector<int> indents_;
};

}  // namespace

std::optional<YamlFault> scan_yaml(std::string_view text) {
  if (text.size() > kStudyBytesMax) {
    return YamlFault{{1, 1},
                     fmt::format("the file is larger than {} KiB, too large for a study file", kStudyBytesMax / 1024),
                     "is it the right file? long lists of points belong into sterlet enqueue"};
  }
  return Scanner(text).run();
}

}  // namespace sterlet::studyfile
