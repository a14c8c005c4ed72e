#include "sterlet/babysit/windows.h"

#include <algorithm>

#include "sterlet/babysit/supervisor.h"

namespace sterlet::babysit {

namespace {

constexpr std::int64_t kReports = 10;
constexpr std::int64_t kWindowsOfAll = 40;
constexpr std::int64_t kWindowsUntilNow = 20;

}  // namespace

std::int64_t window_reports(const Options& options, const Reported& reported, std::int64_t step) {
  if (options.window > 0) return options.window;
  if (reported.steps_a_report() > 1) return kReports;
  const std::int64_t shares = options.limits.steps ? *options.limits.steps / kWindowsOfAll : step / kWindowsUntilNow;
  return std::max(kReports, shares);
}

}  // namespace sterlet::babysit
