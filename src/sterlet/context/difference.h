#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sterlet/base/json.h"

namespace sterlet::context {

/// One thing that differs between two contexts.
struct Change {
  std::string part;  ///< "data/train.csv", "torch", "cpu", "git".
  std::string area;  ///< "data", "code", "packages", "machine", "command", "env", "output", "sterlet".
  std::string was;   ///< In a few words; empty: it was not there.
  std::string is;
  std::string text;  ///< "data/train.csv: 12% more rows (1000 -> 1120)".
  /// In [0, 1]: how likely it is that such a change moves an optimum; a rule of thumb, to rank by.
  double weight = 0;
};

/// What differs, the weightiest first. What only one of them looked at (a file that was not named before, a machine part
/// that an older version did not note) is no change. Memory counts from 5% on.
std::vector<Change> find_changes(const base::Json& was, const base::Json& is);

/// The probability that something has moved, of the changes and of the age alone: 1 - (1 - a) prod (1 - weight), with
/// a = 0.5 (1 - 2^(-days / 180)).
double risk_of(const std::vector<Change>& changes, double age_days);

/// {"part", "area", "was", "is", "text"}.
base::Json json_of(const Change& change);

}  // namespace sterlet::context
