#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sterlet/studyfile/schema.h"
#include "sterlet/studyfile/faults.h"

namespace sterlet::studyfile {

/// Reads single values of a study file; what does not fit becomes a fault that begins with the reader's scope.
///
/// `key` is what messages call the value. Every function gives nothing exactly where it has added a fault.
class Values final {
 public:
  /// `scope`: "learning_rate", "budget"; empty at the top. `faults` outlives the reader.
  Values(Faults& faults, std::string scope) : faults_(faults), scope_(std::move(scope)) {}

  void fault(Mark mark, std::string_view what, std::string next) const;

  bool is_map(const YamlNode& node, std::string_view key, std::string_view example) const;
  /// Adds a fault for every key of a map that is not among `keys`; `place`: see foreign_advice().
  void check_keys(const YamlNode& map, const std::vector<std::string>& keys, std::string_view place = {}) const;

  std::optional<std::string> text(const YamlNode& node, std::string_view key) const;
  std::optional<double> number(const YamlNode& node, std::string_view key) const;
  std::optional<std::int64_t> integer(const YamlNode& node, std::string_view key, std::int64_t low,
                                      std::int64_t high = std::numeric_limits<std::int64_t>::max()) const;
  std::optional<bool> boolean(const YamlNode& node, std::string_view key) const;
  /// Seconds, > 0.
  std::optional<double> duration(const YamlNode& node, std::string_view key) const;
  /// Bytes, >= 1.
  std::optional<std::int64_t> bytes(const YamlNode& node, std::string_view key) const;
  /// One of `words`.
  std::optional<std::string> word(const YamlNode& node, std::string_view key,
                                  const std::vector<std::string>& words) const;
  /// A list of words, at least one; numbers and booleans are taken as written.
  std::optional<std::vector<std::string>> texts(const YamlNode& node, std::string_view key,
                                                std::string_view example) const;

 private:
  Faults& faults_;
  std::string scope_;
};

}  // namespace sterlet::studyfile
