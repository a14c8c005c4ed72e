#pragma once

#include <cstdint>
#include <span>

#include "sterlet/base/clock.h"
#include "sterlet/base/result.h"
#include "sterlet/storage/storage.h"

namespace sterlet::study {

/// Copies the trials of a study into an empty one of the storage's open transaction, with reports, notes and tags, and
/// adds all but the first of `versions` to its spec. What is told to pruners keeps its order: versions, judged reports
/// and ends of trials are written as their numbers in the original are. See copy_study().
base::Result<void> copy_trials(storage::Storage& storage, const storage::StudyRecord& from, std::int64_t to,
                               std::span<const storage::SpecVersion> versions, const base::Clock& clock);

}  // namespace sterlet::study
