#pragma once

#include <cstdint>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/storage/storage.h"
#include "sterlet/study/study.h"

namespace sterlet::api {

/// What a trial has reported, by step, then metric: one value for each, of the training that led to where it stands.
///
/// An attempt that went on from a checkpoint keeps what earlier ones reported below its own first step, and replaces
/// the rest; one that began anew replaces all. Of a population's member the curve runs over all its intervals.
base::Result<std::vector<storage::ReportRecord>> curve_of(const study::Study& study, storage::Storage& storage,
                                                          std::int64_t trial);

}  // namespace sterlet::api
