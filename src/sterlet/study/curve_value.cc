#include "sterlet/study/curve_value.h"

#include <algorithm>
#include <cmath>

namespace sterlet::study {

namespace {

using studyfile::CurveValue;
using studyfile::Objective;

double counted_value(const std::vector<double>& told, const Objective& objective) {
  if (told.empty()) return std::nan("");
  switch (objective.of.kind) {
    case CurveValue::Kind::kLast:
      return told.back();
    case CurveValue::Kind::kBest: {
      double best = std::nan("");
      for (const double value : told) {
        const bool is_better = std::isnan(best) || objective.minimised(value) < objective.minimised(best);
        if (!std::isnan(value) && is_better) best = value;
      }
      return best;
    }
    case CurveValue::Kind::kMean: {
      const std::size_t count = std::min(told.size(), static_cast<std::size_t>(objective.of.count));
      double sum = 0;
      for (std::size_t i = told.size() - count; i < told.size(); ++i) sum += told[i];
      return sum / static_cast<double>(count);
    }
  }
  return std::nan("");
}

}  // namespace

bool counts_more_than_last(std::span<const Objective> objectives) {
  return std::any_of(objectives.begin(), objectives.end(),
                     [](const Objective& objective) { return objective.of.kind != CurveValue::Kind::kLast; });
}

std::vector<double> counted_values(std::span<const storage::ReportRecord> curve,
                                   std::span<const Objective> objectives) {
  std::vector<double> values;
  for (const Objective& objective : objectives) {
    std::vector<double> told;
    for (const storage::ReportRecord& report : curve) {
      if (report.metric == objective.metric) told.push_back(report.value);
    }
    values.push_back(counted_value(told, objective));
  }
  return values;
}

}  // namespace sterlet::study
