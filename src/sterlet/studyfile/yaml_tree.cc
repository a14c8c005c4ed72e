#include "sterlet/studyfile/yaml_tree.h"

#include <array>
#include <map>
#include <optional>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "sterlet/base/text.h"
#include "sterlet/studyfile/yaml_places.h"
#include "sterlet/studyfile/yaml_scalar.h"
#include "sterlet/studyfile/yaml_scan.h"

// yaml-cpp's events, not its node tree: the events carry a place for everything, show duplicate keys, and let us stop
// at the exact depth and number of nodes before the parser goes deeper. This file alone knows yaml-cpp, and catches
// what it throws.

namespace sterlet::studyfile {

namespace {

constexpr int kAliasesMax = 100;
constexpr std::size_t kNodesMax = 10000;

// Thrown through yaml-cpp, which has no other way to be stopped; never leaves this file.
struct Stop final : std::runtime_error {
  explicit Stop(YamlFault reason) : std::runtime_error("stopped"), fault(std::move(reason)) {}
  YamlFault fault;
};

Mark mark_of(const YAML::Mark& mark) { return mark.is_null() ? Mark{1, 1} : Mark{mark.line + 1, mark.column + 1}; }

std::size_t count_nodes(const YamlNode& node) {
  std::size_t count = 1;
  for (const YamlNode& item : node.items) count += count_nodes(item);
  for (const YamlEntry& entry : node.entries) count += count_nodes(entry.value);
  return count;
}

int depth_of(const YamlNode& node) {
  int depth = 0;
  for (const YamlNode& item : node.items) depth = std::max(depth, depth_of(item));
  for (const YamlEntry& entry : node.entries) depth = std::max(depth, depth_of(entry.value));
  return depth + 1;
}

class TreeBuilder final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    YamlNode node;
    node.mark = mark_of(mark);
    add(std::move(node), anchor, 1);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const Mark place = mark_of(mark);
    if (++alias_count_ > kAliasesMax) {
      throw Stop(
          {place, fmt::format("the file has more than {} aliases (*name)", kAliasesMax), "write the values out"});
    }
    const auto found = anchored_.find(anchor);
    if (found == anchored_.end()) throw Stop({place, "an alias stands inside what it names", "write the value out"});
    const std::size_t size = count_nodes(found->second);
    if (node_count_ + size > kNodesMax) {
      throw Stop({place, fmt::format("aliases blow the file up to more than {} values", kNodesMax),
                  "write out what is needed"});
    }
    if (static_cast<int>(open_.size()) + depth_of(found->second) > kYamlDepthMax) throw too_deep(place);
    YamlNode copy = found->second;
    copy.mark = place;
    add(std::move(copy), 0, size);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode node;
    node.text = value;
    node.mark = mark_of(mark);
    node.quoted = tag == "!" || check_tag(tag, node.mark) == "str";
    add(std::move(node), anchor, 1);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(YamlNode::Kind::kList, mark_of(mark), tag, anchor);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(YamlNode::Kind::kMap, mark_of(mark), tag, anchor);
  }
  void OnMapEnd() override { close(); }

  std::optional<YamlNode> take_root() { return std::move(root_); }

 private:
  struct Open {
    YamlNode node;
    YAML::anchor_t anchor = 0;
    std::optional<std::string> key;  // Of a map: read, and waiting for its value.
    Mark key_mark;
  };

  static Stop too_deep(Mark mark) {
    return Stop({mark, fmt::format("the file is nested deeper than {} levels", kYamlDepthMax),
                 "flatten it; a study file needs about five levels"});
  }

  static std::string check_tag(const std::string& tag, Mark mark) {
    constexpr std::string_view kCore = "tag:yaml.org,2002:";
    if (tag.empty() || tag == "?" || tag == "!") return {};
    if (tag.compare(0, kCore.size(), kCore) == 0) {
      const std::string name = tag.substr(kCore.size());
      for (const char* known : {"str", "int", "float", "bool", "null", "seq", "map"}) {
        if (name == known) return name;
      }
    }
    throw Stop({mark, fmt::format("the tag '{}' means nothing in a study file", base::printable(tag)), "remove it"});
  }

  void open(YamlNode::Kind kind, Mark mark, const std::string& tag, YAML::anchor_t anchor) {
    check_tag(tag, mark);
    if (static_cast<int>(open_.size()) >= kYamlDepthMax) throw too_deep(mark);
    Open level;
    level.node.kind = kind;
    level.node.mark = mark;
    level.anchor = anchor;
    open_.push_back(std::move(level));
  }

  void close() {
    Open level = std::move(open_.back());
    open_.pop_back();
    add(std::move(level.node), level.anchor, 1);
  }

  void add(YamlNode node, YAML::anchor_t anchor, std::size_t size) {
    node_count_ += size;
    if (node_count_ > kNodesMax) {
      throw Stop({node.mark, fmt::format("the file has more than {} values", kNodesMax),
                  "is it the right file? long lists of points belong into sterlet enqueue"});
    }
    if (anchor != 0) anchored_[anchor] = node;
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.is_list()) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.key) {
      take_key(parent, node);
    } else {
      parent.node.entries.push_back({std::move(*parent.key), parent.key_mark, std::move(node)});
      parent.key.reset();
    }
  }

  static void take_key(Open& parent, const YamlNode& node) {
    if (!node.is_scalar())
      throw Stop({node.mark, "a key must be a word, not a list or map", "use 'name: value' pairs"});
    if (node.text == "<<" && !node.quoted) {
      throw Stop({node.mark, "merge keys (<<) are not supported", "write the keys out"});
    }
    for (const YamlEntry& entry : parent.node.entries) {
      if (entry.key == node.text) {
        throw Stop({node.mark,
                    fmt::format("the key '{}' is given twice (first in line {}, column {})", base::printable(node.text),
                                entry.key_mark.line, entry.key_mark.column),
                    "keep one of the two"});
      }
    }
    parent.key = node.text;
    parent.key_mark = node.mark;
  }

  std::vector<Open> open_;
  std::map<YAML::anchor_t, YamlNode> anchored_;
  std::optional<YamlNode> root_;
  int alias_count_ = 0;
  std::size_t node_count_ = 0;
};

struct Translation {
  std::string_view theirs;  // yaml-cpp's words, or their beginning.
  std::string_view what;
  std::string_view next;
};
const std::array<Translation, 16>& translations() {
  static const std::array<Translation, 16> kRows{{
      {YAML::ErrorMsg::END_OF_MAP_FLOW, "a '{' is not closed before here", "add '}', or a ',' between two entries"},
      {YAML::ErrorMsg::END_OF_SEQ_FLOW, "a '[' is not closed before here", "add ']', or a ',' between two items"},
      {YAML::ErrorMsg::END_OF_MAP, "this line does not fit the lines above it",
       "give it their indentation, and a colon with a space after its key"},
      {YAML::ErrorMsg::END_OF_SEQ, "this line does not fit the list above it",
       "give it the same indentation and a '- '"},
      {YAML::ErrorMsg::FLOW_END, "this bracket closes nothing", "remove it, or add the one that opens"},
      {YAML::ErrorMsg::MAP_VALUE, "a ':' stands where no key can be",
       "put text that contains ': ' in quotes, and each key on a line of its own"},
      {YAML::ErrorMsg::MAP_KEY, "a key stands where none can be", "put it on a line of its own"},
      {YAML::ErrorMsg::BLOCK_ENTRY, "a '- ' stands where no list can be", "put the list on lines of its own"},
      {YAML::ErrorMsg::EOF_IN_SCALAR, "a quote is not closed before the end of the file", "add the closing quote"},
      {YAML::ErrorMsg::DOC_IN_SCALAR, "a quote is not closed before here", "add the closing quote"},
      {YAML::ErrorMsg::INVALID_ESCAPE, "this \\ sequence is not known in double quotes",
       "use single quotes, where \\ is an ordinary character, as in '\\d+'"},
      {YAML::ErrorMsg::INVALID_HEX, "this \\ sequence needs hexadecimal digits",
       "use single quotes, where \\ is an ordinary character"},
      {YAML::ErrorMsg::UNKNOWN_ANCHOR, "this alias (*name) names nothing before it",
       "put text that begins with * in quotes"},
      {YAML::ErrorMsg::ALIAS_NOT_FOUND, "a '*' begins an alias, but no name follows",
       "put text that begins with * in quotes"},
      {YAML::ErrorMsg::UNKNOWN_TOKEN, "a value cannot begin with this character", "put the value in quotes"},
      {YAML::ErrorMsg::TAB_IN_INDENTATION, "a tab stands where YAML wants spaces", "replace it by spaces"},
  }};
  return kRows;
}

YamlFault translate(const YAML::Exception& error) {
  for (const Translation& row : translations()) {
    if (std::string_view(error.msg).substr(0, row.theirs.size()) == row.theirs) {
      return {mark_of(error.mark), std::string(row.what), std::string(row.next)};
    }
  }
  return {mark_of(error.mark), fmt::format("this is not YAML ({})", base::printable(error.msg)),
          "look for a missing quote, bracket or colon here"};
}

}  // namespace

bool YamlNode::is_null() const { return is_scalar() && !quoted && plain_scalar(text).is_null(); }

const YamlNode* YamlNode::find(std::string_view key) const {
  for (const YamlEntry& entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

base::Result<YamlNode, YamlFault> parse_yaml(std::string_view text) {
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  if (auto fault = scan_yaml(text)) return base::fail(std::move(*fault));
  const YamlPlaces places(text);
  const auto fail = [&](YamlFault fault) {
    places.fix(fault.mark);
    return base::fail(std::move(fault));
  };
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    TreeBuilder builder;
    parser.HandleNextDocument(builder);
    std::optional<YamlNode> root = builder.take_root();
    if (!root) return fail({{1, 1}, "the file is empty", "write a study into it; sterlet init writes a starter"});
    TreeBuilder rest;
    parser.HandleNextDocument(rest);
    if (const auto second = rest.take_root()) {
      if (!places.has_line_of("---")) {
        return fail({second->mark, "this does not belong to what stands before it",
                     "write each key with a colon and a space after it, as in study: mlp"});
      }
      return fail(
          {second->mark, "a second document begins before here", "a study file has one; remove the '---' between"});
    }
    if (auto open_quote = places.find_open_quote(*root)) return fail(*open_quote);
    places.fix(*root);
    return std::move(*root);
  } catch (const Stop& stop) {
    return fail(stop.fault);
  } catch (const YAML::Exception& error) {
    YamlFault fault = translate(error);
    const bool is_at_end =
        error.mark.line <= 0 && error.mark.column <= 0 && std::string_view(error.msg).substr(0, 6) == "end of";
    if (is_at_end) fault.mark = places.end();
    if (auto slip = places.find_slip(fault.mark)) return fail(*std::move(slip));
    return fail(std::move(fault));
  } catch (const std::exception& error) {
    return fail({{1, 1}, fmt::format("this is not YAML ({})", error.what()), "see docs/study-file.md"});
  }
}

base::Json json_from_yaml(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::kScalar:
      return node.quoted ? base::Json(node.text) : plain_scalar(node.text);
    case YamlNode::Kind::kList: {
      base::Json list = base::Json::array();
      for (const YamlNode& item : node.items) list.push_back(json_from_yaml(item));
      return list;
    }
    case YamlNode::Kind::kMap: {
      base::Json map = base::Json::object();
      for (const YamlEntry& entry : node.entries) map[entry.key] = json_from_yaml(entry.value);
      return map;
    }
  }
  return nullptr;
}

YamlNode yaml_from_json(const base::Json& json) {
  YamlNode node;
  if (json.is_object()) {
    node.kind = YamlNode::Kind::kMap;
    for (const auto& [key, value] : json.items()) node.entries.push_back({key, {}, yaml_from_json(value)});
  } else if (json.is_array()) {
    node.kind = YamlNode::Kind::kList;
    for (const base::Json& item : json) node.items.push_back(yaml_from_json(item));
  } else if (json.is_string()) {
    node.text = json.get<std::string>();
    node.quoted = true;
  } else {
    node.text = json.dump();
  }
  return node;
}

}  // namespace sterlet::studyfile
