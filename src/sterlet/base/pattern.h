#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sterlet/base/result.h"

namespace sterlet::base {

/// Text without the control sequences that colour a terminal: ESC [, parameters, and a letter at the end.
std::string without_colours(std::string_view text);

/// A regular expression that reads metrics from a line of output: its named groups, (?<val_error>\S+) or
/// (?P<val_error>\S+), are the metrics; the group `step` is the step. The rest is RE2's syntax over bytes.
/// Colours in the line (ECMA-48 control sequences) are passed over. A number may have a percent sign (93.5% is 93.5) or
/// a comma for its point (0,93); 1,234 is none, since it may mean two.
/// Cost: linear in the line, whatever the pattern; back-references and looking around are refused for that.
/// Thread-safety: immutable once made.
class MetricPattern final {
 public:
  /// A number that was written in an unusual way.
  struct Odd {
    enum class Kind { kPercent, kComma };
    Kind kind = Kind::kPercent;
    std::string text;
    double value = 0;
  };
  /// What a line that matches has in the places of the groups.
  struct Found {
    std::map<std::string, double> values;           ///< `step` among them.
    std::map<std::string, std::string> no_numbers;  ///< What stands where a metric should, and is no number.
    std::vector<Odd> odd;                           ///< Of those in `values`.
  };

  /// Errors: kInvalidArgument, if the expression is none, has no named group besides `step`, or names one twice.
  static Result<MetricPattern> make(std::string_view text);

  /// Of the first match in the line; nothing if it does not match.
  std::optional<Found> find(std::string_view line) const;
  /// Whether it matches again behind its first match, so that it is not plain which one is meant.
  bool matches_twice(std::string_view line) const;
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
