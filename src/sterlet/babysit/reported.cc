#include "sterlet/babysit/reported.h"

#include <algorithm>
#include <utility>

namespace sterlet::babysit {

namespace {

constexpr std::size_t kWatchedMax = 64;  // find_spike looks at 23.

bool is_loss(const std::string& name) { return name == "loss" || name.ends_with("_loss"); }

}  // namespace

std::int64_t Reported::steps_a_report() const {
  std::int64_t steps = 1;
  for (const auto& [name, curve] : watched_) {
    if (curve.size() < 2) continue;
    const auto count = static_cast<std::int64_t>(curve.size()) - 1;
    steps = std::max(steps, (curve.back().first - curve.front().first) / count);
  }
  return steps;
}

void Reported::add(std::int64_t step, const std::string& name, double value) {
  if (name == metric_) own_curve_.emplace_back(step, value);
  watch(step, name, value);
}

void Reported::clear() {
  own_curve_.clear();
  watched_.clear();
}

void Reported::refill(const std::vector<storage::BranchReport>& line, Curve own) {
  watched_.clear();
  for (const storage::BranchReport& report : line) watch(report.step, report.metric, report.value);
  own_curve_ = std::move(own);
}

// A program that tells a step again has gone back: what it told from there on is no longer so.
void Reported::watch(std::int64_t step, const std::string& name, double value) {
  if (name != metric_ && !is_loss(name)) return;
  Curve& curve = watched_[name];
  while (!curve.empty() && curve.back().first >= step) curve.pop_back();
  curve.emplace_back(step, value);
  if (curve.size() > kWatchedMax) curve.erase(curve.begin(), curve.end() - kWatchedMax / 2);
}

}  // namespace sterlet::babysit
