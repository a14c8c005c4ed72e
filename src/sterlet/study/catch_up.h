#pragma once

#include <cstdint>

#include "sterlet/base/result.h"
#include "sterlet/space/space.h"
#include "sterlet/storage/storage.h"
#include "sterlet/study/trials.h"

namespace sterlet::study {

/// Takes into memory what a storage has of a study's trials that events after `since` changed (0: all), and returns the
/// last event of which memory knows then.
/// `versions` say how each trial looks now.
/// Errors: as Storage's; kDisk where a trial is missing, or does not fit the space.
base::Result<std::int64_t> catch_up(storage::Storage& storage, const storage::StudyRecord& study,
                                    const space::Space& space, const Versions& versions, std::int64_t since,
                                    Trials& trials);

}  // namespace sterlet::study
