#pragma once

#include <cstdint>
#include <string>
#include <utility>

namespace sterlet::exec {

/// Keeps a log within a bound while its program appends to it: what is longer loses its middle. Its head (how the
/// program began) and its tail (how it ended) stay, both cut at lines, and a line between them says how much is gone.
///
/// The program writes to the file itself, so that it never waits for us, and a Sterlet that is stopped stops no program.
/// The price: between two calls the file may outgrow the bound, and what is appended in the microseconds in which the
/// tail is moved may be lost with the middle.
class LogLimit final {
 public:
  /// bytes_max: at least 4096.
  LogLimit(std::string path, std::int64_t bytes_max) : path_(std::move(path)), bytes_max_(bytes_max) {}
  /// Cuts the middle out if the file is longer than the bound, so that it has half of it. Says nothing where it cannot:
  /// a log is no reason to end anything.
  void apply();

 private:
  std::string path_;
  std::int64_t bytes_max_;
  std::int64_t head_bytes_ = -1;  ///< Where the line about the cut stands; -1: nothing was cut yet.
  std::int64_t mark_bytes_ = 0;   ///< Of that line.
  std::int64_t cut_bytes_ = 0;    ///< Gone so far.
};

}  // namespace sterlet::exec
