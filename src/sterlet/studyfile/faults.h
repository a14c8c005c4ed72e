#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/studyfile/yaml_tree.h"

namespace sterlet::studyfile {

/// The faults of one study file while it is read.
class Faults final {
 public:
  explicit Faults(std::string path) : path_(std::move(path)) {}

  void add(Mark mark, std::string what, std::string next);
  bool empty() const { return faults_.empty(); }
  std::size_t size() const { return faults_.size(); }
  /// In the order of the text, at most 100 (nobody reads more at once).
  std::vector<base::Error> take();

 private:
  struct Placed {
    Mark mark;
    base::Error error;
  };
  std::string path_;
  std::vector<Placed> faults_;
};

/// Printable, and cut to 60 bytes at the end of a character.
std::string clipped(std::string_view text);

/// How a value is shown in a message: abc, "1e-5" (with quotes where they are what is wrong), a list, a map, nothing.
std::string shown(const YamlNode& node);

}  // namespace sterlet::studyfile
