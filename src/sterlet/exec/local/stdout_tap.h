#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sterlet/base/pattern.h"
#include "sterlet/exec/executor.h"
#include "sterlet/exec/fd.h"

namespace sterlet::exec {

/// Copies a program's stdout to its log and reads metrics off its lines by a pattern: programs that know nothing of
/// Sterlet report this way. A group named `step` gives the step, else each match is one step further.
class StdoutTap final {
 public:
  /// Longer lines go to the log only: the pattern's engine needs stack for each character of a line.
  static constexpr std::size_t kLineBytesMax = 4096;
  /// So many matching lines are looked at for a second match.
  static constexpr std::int64_t kLookedTwiceMax = 20;

  StdoutTap(AttemptId id, base::MetricPattern pattern, Fd pipe, Fd log)
      : id_(id), pattern_(std::move(pattern)), pipe_(std::move(pipe)), log_(std::move(log)) {}

  /// The pipe, nonblocking; -1 once its end is reached.
  int pipe() const { return pipe_.get(); }
  /// Reads what is there, until nothing is left or about `bytes_max` were read. `step_last` is the attempt's.
  void pump(std::size_t bytes_max, std::int64_t& step_last, std::vector<Event>& events);
  /// Takes a last line that lacks its end.
  void finish(std::int64_t& step_last, std::vector<Event>& events);
  /// Lines that the pattern matched.
  std::int64_t matched() const { return matched_; }
  /// Lines longer than kLineBytesMax.
  std::int64_t long_lines() const { return long_lines_; }
  /// By metric, what stood last in its place without being a number.
  const std::map<std::string, std::string>& no_numbers() const { return no_numbers_; }

 private:
  void take(std::string_view data, std::int64_t& step_last, std::vector<Event>& events);
  void take_line(std::int64_t& step_last, std::vector<Event>& events);
  void note(const base::MetricPattern::Odd& odd, std::vector<Event>& events);
  void note_second(const std::string& line, std::vector<Event>& events);
  void write_log(std::string_view data);

  AttemptId id_;
  base::MetricPattern pattern_;
  Fd pipe_;
  Fd log_;
  std::string line_;
  bool skipping_ = false;
  std::int64_t matched_ = 0;
  std::int64_t long_lines_ = 0;
  std::map<std::string, std::string> no_numbers_;
  std::set<base::MetricPattern::Odd::Kind> noted_;
  bool is_second_noted_ = false;
  bool log_failed_ = false;
};

}  // namespace sterlet::exec
