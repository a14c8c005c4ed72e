#include "sterlet/api/curve.h"

#include "sterlet/study/archive.h"

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
  return study::load_curve(storage, study.storage_id(), study.records()[static_cast<std::size_t>(trial)]);
}

}  // namespace sterlet::api
