#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sterlet/base/result.h"

namespace sterlet::base {

/// A regular expression that reads metrics from a line of output: its named groups, (?<val_error>\S+) or
/// (?P<val_error>\S+), are the metrics; the group `step` is the step. The rest is RE2's syntax over bytes.
/// Cost: linear in the line, whatever the pattern; back-references and looking around are refused for that.
/// Thread-safety: immutable once made.
class MetricPattern final {
 public:
  /// Errors: kInvalidArgument, if the expression is none, has no named group besides `step`, or names one twice.
  static Result<MetricPattern> make(std::string_view text);

  /// Name to number, `step` among them, of the first match; nothing if the line does not match or no metric in it is a
  /// number.
  std::optional<std::map<std::string, double>> match(std::string_view line) const;
  /// Names of the groups in the order of the pattern, `step` aside.
  std::vector<std::string> metrics() const;

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;  // Shared: immutable, and RE2 stays out of this header.
};

}  // namespace sterlet::base
