#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sterlet/base/json.h"

namespace sterlet::studyfile {

class Faults;
struct YamlNode;

/// When the results of a study count as stale. Both empty: `after` is 90 days, and a change of data or code.
struct RetestPolicy {
  std::optional<double> after_seconds;  ///< > 0. Since the last trial or verdict.
  std::vector<std::string> on;          ///< Areas of the context: see retest_areas().
  bool is_empty() const { return !after_seconds && on.empty(); }
  bool operator==(const RetestPolicy&) const = default;
};

/// "data", "code", "packages", "machine", "command", "env", "output", "sterlet".
const std::vector<std::string>& retest_areas();

/// The key `context`: {files: [...], command: [...], env: [...]}, as JSON; empty where it is not there.
base::Json read_context(const YamlNode& root, Faults& faults);
/// The key `retest`: {after: 30d, on: [data, code]}.
RetestPolicy read_retest(const YamlNode& root, Faults& faults);
base::Json json_from_retest(const RetestPolicy& policy);

}  // namespace sterlet::studyfile
