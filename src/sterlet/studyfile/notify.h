#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sterlet/base/json.h"

namespace sterlet::studyfile {

class Faults;
struct YamlNode;

/// When people are told.
enum class Occasion {
  kBest,    ///< A trial has completed that is the best so far.
  kEnd,     ///< The run has come to its end.
  kFailed,  ///< A trial has failed.
};
std::string_view text_of(Occasion occasion);

/// A program that tells people what happens in a run.
struct Notify {
  std::vector<std::string> command;  ///< argv; empty: nobody is told.
  std::vector<Occasion> on;
  bool is_wanted(Occasion occasion) const;
  bool operator==(const Notify&) const = default;
};

/// The key `notify`: {command: [...], on: [best, end, failed]}; all occasions where `on` is left out.
Notify read_notify(const YamlNode& root, Faults& faults);
base::Json json_from_notify(const Notify& notify);

}  // namespace sterlet::studyfile
