#include "sterlet/pruners/progress.h"

#include <cmath>

namespace sterlet::pruners {

std::optional<double> Progress::take(const Report& report) {
  const auto index = static_cast<std::size_t>(report.trial);
  if (index >= trials_.size()) trials_.resize(index + 1);
  Trial& trial = trials_[index];
  if (trial.has_reported && report.step <= trial.last_step) return std::nullopt;
  if (!trial.has_reported || std::isnan(trial.best) || report.value < trial.best) trial.best = report.value;
  trial.has_reported = true;
  trial.last_step = report.step;
  return trial.best;
}

std::optional<std::int64_t> Progress::last_step(std::int64_t trial) const {
  const auto index = static_cast<std::size_t>(trial);
  if (index >= trials_.size() || !trials_[index].has_reported) return std::nullopt;
  return trials_[index].last_step;
}

}  // namespace sterlet::pruners
