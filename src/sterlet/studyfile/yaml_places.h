#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "sterlet/studyfile/yaml_tree.h"

namespace sterlet::studyfile {

/// What yaml-cpp leaves to us about places in a text. It counts columns in bytes, where a person and an editor count
/// characters; at the end of the text it names the beginning; and it takes a quoted text that never closes.
class YamlPlaces final {
 public:
  /// The text is borrowed.
  explicit YamlPlaces(std::string_view text);

  Mark end() const;
  std::optional<YamlFault> find_open_quote(const YamlNode& node) const;
  /// What most often lies behind text that is no YAML, at or above where the parser noticed: see find_slip_in().
  std::optional<YamlFault> find_slip(Mark noticed) const;
  /// Whether a line begins so.
  bool has_line_of(std::string_view begin) const;
  /// Columns of yaml-cpp's to characters.
  void fix(Mark& mark) const;
  void fix(YamlNode& node) const;

 private:
  bool closes(Mark mark) const;

  std::string_view text_;
  std::vector<std::size_t> starts_;  // Of each line.
};

}  // namespace sterlet::studyfile
