#include "sterlet/babysit/windows.h"

#include <algorithm>

#include "sterlet/babysit/supervisor.h"

namespace sterlet::babysit {

namespace {

constexpr std::int64_t kReports = 10;
constexpr std::int64_t kWindowsOfAll = 40;
constexpr std::int64_t kWindowsUntilNow = 20;
constexpr std::int64_t kShortSteps = 2000;
constexpr std::int64_t kShortReports = 4;
constexpr std::int64_t kWindowsOfShort = 20;

}  // namespace

std::int64_t window_reports(const Options& options, const Reported& reported, std::int64_t step) {
  if (options.window > 0) return options.window;
  if (is_short(options, reported)) return std::max(kShortReports, *options.limits.steps / kWindowsOfShort);
  if (reported.steps_a_report() > 1) return kReports;
  const std::int64_t shares = options.limits.steps ? *options.limits.steps / kWindowsOfAll : step / kWindowsUntilNow;
  return std::max(kReports, shares);
}

bool is_short(const Options& options, const Reported& reported) {
  return options.window == 0 && options.limits.steps && *options.limits.steps < kShortSteps &&
         reported.steps_a_report() == 1;
}

}  // namespace sterlet::babysit
