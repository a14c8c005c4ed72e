#include "sterlet/exec/local/stdout_tap.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "sterlet/base/log.h"
#include "sterlet/base/text.h"
#include "sterlet/base/utf8.h"

namespace sterlet::exec {

void StdoutTap::pump(std::size_t bytes_max, std::int64_t& step_last, std::vector<Event>& events) {
  std::array<char, std::size_t{16} << 10> buffer;
  for (std::size_t used = 0; pipe_ && used < bytes_max;) {
    const ssize_t got = ::read(pipe_.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (got <= 0) {
      pipe_.reset();
      return;
    }
    used += static_cast<std::size_t>(got);
    const std::string_view data(buffer.data(), static_cast<std::size_t>(got));
    write_log(data);
    take(data, step_last, events);
  }
}

void StdoutTap::finish(std::int64_t& step_last, std::vector<Event>& events) { take_line(step_last, events); }

void StdoutTap::take(std::string_view data, std::int64_t& step_last, std::vector<Event>& events) {
  while (!data.empty()) {
    const std::size_t end = data.find_first_of("\n\r");  // Progress bars end their lines with a return.
    const std::string_view part = data.substr(0, end);
    if (line_.size() + part.size() > kLineBytesMax) {
      if (!skipping_) ++long_lines_;
      skipping_ = true;
      line_.clear();
    }
    if (!skipping_) line_ += part;
    if (end == std::string_view::npos) return;
    take_line(step_last, events);
    data.remove_prefix(end + 1);
  }
}

void StdoutTap::take_line(std::int64_t& step_last, std::vector<Event>& events) {
  const std::string line = std::exchange(line_, {});
  if (std::exchange(skipping_, false) || line.empty()) return;
  const auto found = pattern_.find(line);
  if (!found) return;
  if (++matched_ <= kLookedTwiceMax) note_second(line, events);
  for (const auto& [name, text] : found->no_numbers) no_numbers_[name] = text;
  for (const base::MetricPattern::Odd& odd : found->odd) note(odd, events);
  Event::Report report;
  report.step = step_last + 1;
  for (const auto& [name, value] : found->values) {
    if (name != "step") {
      report.metrics.emplace_back(name, value);
    } else if (value >= 0 && value < 0x1p53 && std::floor(value) == value) {
      report.step = static_cast<std::int64_t>(value);
    }
  }
  if (report.metrics.empty()) return;
  step_last = report.step;
  events.push_back({.id = id_, .what = std::move(report)});
}

void StdoutTap::note(const base::MetricPattern::Odd& odd, std::vector<Event>& events) {
  if (!noted_.insert(odd.kind).second) return;
  const bool is_comma = odd.kind == base::MetricPattern::Odd::Kind::kComma;
  events.push_back(
      {.id = id_,
       .what = Event::Noted{.topic = is_comma ? "comma" : "percent",
                            .sentence = fmt::format("'{}' on its stdout is read as {}", base::printable(odd.text),
                                                    base::number_text(odd.value))}});
}

void StdoutTap::note_second(const std::string& line, std::vector<Event>& events) {
  constexpr std::size_t kShownMax = 100;
  if (is_second_noted_ || !pattern_.matches_twice(line)) return;
  is_second_noted_ = true;
  const std::string shown = base::printable(base::without_colours(line));
  events.push_back(
      {.id = id_,
       .what = Event::Noted{
           .topic = "twice",
           .sentence = fmt::format(
               "its pattern matches twice in the line \"{}\", of which the first counts; "
               "if the other is meant, write what stands before it into the pattern",
               shown.size() <= kShownMax ? shown : std::string(base::first_bytes(shown, kShownMax)) + "...")}});
}

void StdoutTap::write_log(std::string_view data) {
  while (!data.empty() && !log_failed_) {
    const ssize_t got = ::write(log_.get(), data.data(), data.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      // A full disk must not end the trial: its metrics still come through.
      log_failed_ = true;
      base::warn(
          fmt::format("trial {}: its stdout is no longer kept in its log ({})", id_.trial, std::strerror(errno)));
      return;
    }
    data.remove_prefix(static_cast<std::size_t>(got));
  }
}

}  // namespace sterlet::exec
