#include "sterlet/study/curves.h"

#include "sterlet/study/archive.h"
#include "sterlet/study/curve_value.h"

namespace sterlet::study {

using base::Result;

void Curves::keep(std::int64_t trial, std::int64_t step, const std::vector<std::pair<std::string, double>>& metrics) {
  if (ledger_.is_stored() || !counts_more_than_last(ledger_.spec().objectives)) return;
  for (const auto& [metric, value] : metrics) curves_[trial][{step, metric}] = value;
}

// What an attempt reported, or where it went on from a checkpoint at its end and reported nothing, what those before
// it did.
Result<EndingFacts> Curves::facts_of(const storage::TrialRecord& record, const Outcome& told) const {
  EndingFacts facts{.now_ms = ledger_.clock().wall_ms()};
  if (!told.values.empty()) return facts;  // What was reported counts no more.
  if (const std::vector<double>* last = ledger_.trials().last_reported(record.number)) {
    facts.reported = *last;
  } else if (record.attempt > 1 && ledger_.is_stored()) {
    STERLET_TRY(facts.reported, stored_values(ledger_, record));
  }
  if (told.state == storage::State::kComplete && counts_more_than_last(ledger_.spec().objectives)) {
    STERLET_TRY(const auto curve, of(record));
    facts.counted = counted_values(curve, ledger_.spec().objectives);
  }
  return facts;
}

Result<std::vector<storage::ReportRecord>> Curves::of(const storage::TrialRecord& record) const {
  if (ledger_.is_stored()) return load_curve(*ledger_.storage(), ledger_.study().id, record);
  std::vector<storage::ReportRecord> curve;
  if (const auto found = curves_.find(record.number); found != curves_.end()) {
    for (const auto& [place, value] : found->second) {
      curve.push_back({.trial = record.number, .step = place.first, .metric = place.second, .value = value});
    }
  }
  return curve;
}

}  // namespace sterlet::study
