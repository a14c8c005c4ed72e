#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/study/ending.h"
#include "sterlet/study/ledger.h"

namespace sterlet::study {

/// What trials have reported, as far as it counts as their value where they are told none: of a storage it is read, and
/// without one kept here while they run.
class Curves final {
 public:
  /// Borrows the ledger for its life.
  explicit Curves(const Ledger& ledger) : ledger_(ledger) {}

  /// A running trial has reported these.
  void keep(std::int64_t trial, std::int64_t step, const std::vector<std::pair<std::string, double>>& metrics);
  /// What the end of an attempt depends on that is told `told`.
  base::Result<EndingFacts> facts_of(const storage::TrialRecord& record, const Outcome& told) const;
  /// The trial has ended.
  void forget(std::int64_t trial) { curves_.erase(trial); }

 private:
  base::Result<std::vector<storage::ReportRecord>> of(const storage::TrialRecord& record) const;

  const Ledger& ledger_;
  /// Where more of a curve counts than its last report: by step and metric.
  std::map<std::int64_t, std::map<std::pair<std::int64_t, std::string>, double>> curves_;
};

}  // namespace sterlet::study
