#include "sterlet/study/archive.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <optional>
#include <utility>

#include "sterlet/study/ending.h"

namespace sterlet::study {

using base::Result;
using storage::ReportRecord;

Result<std::vector<double>> stored_values(const Ledger& ledger, const storage::TrialRecord& record) {
  std::vector<storage::ReportRecord> reports;
  for (int attempt = record.attempt; attempt > 0 && reports.empty() && ledger.is_stored(); --attempt) {
    STERLET_TRY(reports, ledger.storage()->load_reports(ledger.study().id, record.number, attempt));
  }
  const auto& objectives = ledger.spec().objectives;
  std::vector<double> values(objectives.size(), std::nan(""));
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (const storage::ReportRecord& report : reports) {
      if (report.metric == objectives[i].metric) values[i] = report.value;
    }
  }
  return values;
}

Result<std::vector<ReportRecord>> load_curve(storage::Storage& storage, std::int64_t study,
                                             const storage::TrialRecord& record) {
  // From the latest attempt back: of each what lies below all that came after it. Without a checkpoint none went on.
  std::vector<ReportRecord> curve;
  std::int64_t first_step = std::numeric_limits<std::int64_t>::max();
  for (int attempt = record.attempt; attempt > 0; --attempt) {
    STERLET_TRY(auto reports, storage.load_reports(study, record.number, attempt));
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

Result<std::set<std::int64_t>> raised_by_hand(const Ledger& ledger) {
  std::set<std::int64_t> trials;
  if (!ledger.is_stored()) return trials;
  STERLET_TRY(const auto models, ledger.storage()->live().load_models(ledger.study().id));
  for (const storage::ModelRecord& model : models) trials.insert(model.trial);
  return trials;
}

Result<bool> is_killed_in_place(const Ledger& ledger, const storage::TrialRecord& record, int first_attempt) {
  if (!ledger.is_stored()) return false;
  STERLET_TRY(const auto events, ledger.storage()->load_events(ledger.study().id, 0));
  std::set<int> killed{record.attempt};
  for (const storage::EventRecord& event : events) {
    if (event.trial == record.number && event.kind == kKilledEvent) killed.insert(event.attempt.value_or(0));
  }
  std::optional<std::int64_t> reached;
  int kills = 0;
  for (int attempt = first_attempt; attempt <= record.attempt; ++attempt) {
    STERLET_TRY(const auto reports, ledger.storage()->load_reports(ledger.study().id, record.number, attempt));
    if (!reports.empty() && (!reached || reports.back().step > *reached)) {
      reached = reports.back().step;
      kills = 0;
    }
    if (killed.contains(attempt)) ++kills;
  }
  return kills >= kKillsInPlaceMax;
}

}  // namespace sterlet::study
