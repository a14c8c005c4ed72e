#pragma once

#include <span>
#include <vector>

#include "sterlet/storage/records.h"
#include "sterlet/studyfile/spec.h"

namespace sterlet::study {

/// Whether of some objective more than the last report counts.
bool counts_more_than_last(std::span<const studyfile::Objective> objectives);

/// What of a trial's curve counts as its value: one an objective, as its `of` says; NaN where it was never reported.
/// curve: by step. Of `best`, NaN is passed over; in a mean it counts. Cost: O(n) an objective, n reports.
std::vector<double> counted_values(std::span<const storage::ReportRecord> curve,
                                   std::span<const studyfile::Objective> objectives);

}  // namespace sterlet::study
