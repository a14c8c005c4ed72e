#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sterlet::cli {

/// Folds failures that are alike: the first is told in full, of those after it only how many and which, once another
/// thing is to be told, or after kHoldMs. A single one is told in full all the same.
///
/// Alike are those whose reasons differ in nothing but numbers, exit codes and signals apart: how long it took, say.
class Likewise final {
 public:
  static constexpr std::int64_t kHoldMs = 5000;

  /// What is to be told now that a trial has failed. line: what is told of it alone.
  std::vector<std::string> take(std::int64_t trial, const std::string& reason, std::string line, std::int64_t now_ms);
  /// What was held back; before anything else is told, and at the end.
  std::vector<std::string> release();
  /// The same, if it was held for long enough.
  std::vector<std::string> release_due(std::int64_t now_ms);

 private:
  std::string gist_;                // Of the failure that was told last.
  std::vector<std::int64_t> held_;  // Trials that failed alike since.
  std::string line_;                // Of the last of them.
  std::int64_t since_ms_ = 0;
};

}  // namespace sterlet::cli
