#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "sterlet/base/json.h"

namespace sterlet::studyfile {

/// A place in a text, counted from 1 in characters; line 0: nowhere.
struct Mark {
  int line = 0;
  int column = 0;
};

/// What is wrong with a text, and where.
struct YamlFault {
  Mark mark;
  std::string what;
  std::string next;
};

struct YamlEntry;

/// One value of a YAML (or JSON) text, with its place. Aliases are expanded.
struct YamlNode {
  enum class Kind { kScalar, kList, kMap };
  Kind kind = Kind::kScalar;
  std::string text;     ///< Of a scalar, as written, escapes and folding resolved.
  bool quoted = false;  ///< A scalar that is text whatever it looks like.
  Mark mark;
  std::vector<YamlNode> items;     ///< Of a list.
  std::vector<YamlEntry> entries;  ///< Of a map, in the order of the text; keys are all different.

  bool is_map() const { return kind == Kind::kMap; }
  bool is_list() const { return kind == Kind::kList; }
  bool is_scalar() const { return kind == Kind::kScalar; }
  bool is_null() const;
  /// The value of a key of a map; null if it has none of that name.
  const YamlNode* find(std::string_view key) const;
};

struct YamlEntry {
  std::string key;
  Mark key_mark;
  YamlNode value;
};

/// Reads one document. Bounds: kYamlDepthMax levels, 100 aliases, 10,000 nodes once aliases are expanded, and what
/// scan_yaml refuses. Refused, too: duplicate keys, merge keys (<<), own tags, a second document.
base::Result<YamlNode, YamlFault> parse_yaml(std::string_view text);

/// The value as JSON, plain scalars by the core schema of YAML 1.2 (section 10.3): 1e-5, .5 and 0x1f are numbers, yes,
/// no and 1_000 are text. Infinite and NaN numbers stay doubles.
base::Json json_from_yaml(const YamlNode& node);

/// The same tree from JSON, without places.
YamlNode yaml_from_json(const base::Json& json);

}  // namespace sterlet::studyfile
