#include "sterlet/api/curve.h"

#include <algorithm>
#include <iterator>
#include <limits>

namespace sterlet::api {

namespace {

using base::Result;
using storage::ReportRecord;

Result<std::vector<ReportRecord>> curve_of_member(const study::Study& study, storage::Storage& storage,
                                                  std::int64_t trial) {
  std::vector<ReportRecord> all;
  for (const storage::TurnRecord& turn : study.turns()) {
    if (turn.trial != trial || turn.attempt == 0) continue;
    STERLET_TRY(const auto reports, storage.load_reports(study.storage_id(), trial, turn.attempt));
    for (const ReportRecord& report : reports) {
      if (report.step <= turn.to_step) all.push_back(report);  // What came after was not gone on with.
    }
  }
  return all;
}

}  // namespace

Result<std::vector<ReportRecord>> curve_of(const study::Study& study, storage::Storage& storage, std::int64_t trial) {
  if (!study.turns().empty()) return curve_of_member(study, storage, trial);
  const storage::TrialRecord& record = study.records()[static_cast<std::size_t>(trial)];
  // From the latest attempt back: of each what lies below all that came after it. Without a checkpoint none went on.
  std::vector<ReportRecord> curve;
  std::int64_t first_step = std::numeric_limits<std::int64_t>::max();
  for (int attempt = record.attempt; attempt > 0; --attempt) {
    STERLET_TRY(auto reports, storage.load_reports(study.storage_id(), trial, attempt));
    if (reports.empty()) continue;
    const auto end = std::lower_bound(reports.begin(), reports.end(), first_step,
                                      [](const ReportRecord& report, std::int64_t step) { return report.step < step; });
    first_step = std::min(first_step, reports.front().step);
    if (curve.empty() && end == reports.end()) {
      curve = std::move(reports);
    } else {
      curve.insert(curve.begin(), std::move_iterator(reports.begin()), std::move_iterator(end));
    }
    if (record.checkpoint.empty()) break;
  }
  return curve;
}

}  // namespace sterlet::api
