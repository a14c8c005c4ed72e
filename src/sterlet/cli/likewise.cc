#include "sterlet/cli/likewise.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace sterlet::cli {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

// A reason without its numbers; those within a name, of an exit code and of a signal stay.
std::string gist_of(const std::string& reason) {
  std::string gist;
  for (std::size_t at = 0; at < reason.size();) {
    const bool is_number = is_digit(reason[at]) && (at == 0 || !is_letter(reason[at - 1]));
    const bool is_named = gist.ends_with("code ") || gist.ends_with("signal ");
    std::size_t end = at + 1;
    while (is_number && end < reason.size() && (is_digit(reason[end]) || reason[end] == '.' || reason[end] == 'e'))
      ++end;
    gist += is_number && !is_named ? "#" : reason.substr(at, end - at);
    at = end;
  }
  return gist;
}

// "trial 3", "trials 1 to 8", "trials 1 to 3 and 6", "trials 1, 3, 5, ...".
std::string trials_text(std::vector<std::int64_t> trials) {
  constexpr std::size_t kRangesMax = 6;
  std::sort(trials.begin(), trials.end());
  trials.erase(std::unique(trials.begin(), trials.end()), trials.end());
  if (trials.size() == 1) return fmt::format("trial {}", trials.front());
  std::vector<std::string> ranges;
  for (std::size_t begin = 0; begin < trials.size();) {
    std::size_t end = begin + 1;
    while (end < trials.size() && trials[end] == trials[end - 1] + 1) ++end;
    if (end - begin < 3) end = begin + 1;
    ranges.push_back(end - begin == 1 ? fmt::format("{}", trials[begin])
                                      : fmt::format("{} to {}", trials[begin], trials[end - 1]));
    begin = end;
  }
  std::string text = "trials ";
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    // Of many the last is named, too.
    if (ranges.size() > kRangesMax && i == kRangesMax - 1) return text + ", ..., " + ranges.back();
    text += (i == 0 ? "" : i + 1 == ranges.size() ? " and " : ", ") + ranges[i];
  }
  return text;
}

}  // namespace

std::vector<std::string> Likewise::take(std::int64_t trial, const std::string& reason, std::string line,
                                        std::int64_t now_ms) {
  std::string gist = gist_of(reason);
  if (gist == gist_) {
    if (held_.empty()) since_ms_ = now_ms;
    held_.push_back(trial);
    line_ = std::move(line);
    return release_due(now_ms);
  }
  std::vector<std::string> told = release();
  told.push_back(std::move(line));
  gist_ = std::move(gist);
  return told;
}

std::vector<std::string> Likewise::release() {
  gist_.clear();
  const std::vector<std::int64_t> held = std::exchange(held_, {});
  if (held.empty()) return {};
  if (held.size() == 1) return {line_};
  return {fmt::format("the same {} more times: {}", held.size(), trials_text(held))};
}

std::vector<std::string> Likewise::release_due(std::int64_t now_ms) {
  if (held_.empty() || now_ms - since_ms_ < kHoldMs) return {};
  std::string gist = gist_;
  std::vector<std::string> told = release();
  gist_ = std::move(gist);  // What fails alike after it is folded, too.
  return told;
}

}  // namespace sterlet::cli
