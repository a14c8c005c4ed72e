#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/study/ledger.h"

namespace sterlet::study {

/// What is read from the storage when it is needed, as it is too much, or needed too seldom, to be kept in memory.
/// Without a storage there is none of it.

/// What the last attempt that reported anything has reported last for each objective, NaN where nothing.
base::Result<std::vector<double>> stored_values(const Ledger& ledger, const storage::TrialRecord& record);

/// The curve of a trial of which no member of a population is one, by step: the reports of its latest attempt, and where
/// that went on from a checkpoint, of those before it what lies below.
base::Result<std::vector<storage::ReportRecord>> load_curve(storage::Storage& storage, std::int64_t study,
                                                            const storage::TrialRecord& record);

/// Trials that somebody raises with sterlet babysit: no worker takes them over.
base::Result<std::set<std::int64_t>> raised_by_hand(const Ledger& ledger);

/// Whether a trial's program, killed once more now, has been killed kKillsInPlaceMax times in a row without coming a
/// step further, in attempts from `first_attempt` on. Cost: all events.
base::Result<bool> is_killed_in_place(const Ledger& ledger, const storage::TrialRecord& record, int first_attempt);

}  // namespace sterlet::study
