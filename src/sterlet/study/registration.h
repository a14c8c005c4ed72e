#pragma once

#include <cstdint>

#include "sterlet/base/result.h"
#include "sterlet/storage/storage.h"
#include "sterlet/studyfile/spec.h"

namespace sterlet::study {

/// A seed for a study whose file names none: drawn once, and stored with it.
std::uint64_t new_seed();

/// Finds the study of that name in the storage, or creates it, in a transaction of its own that is on the disk when the
/// call returns. A study that is there must have the same spec, but for budget, workers and folder, of which the new
/// ones hold from now on; a request to stop it is over. Errors: kConflict names the first difference.
base::Result<storage::StudyRecord> create_or_find(storage::Storage& storage, const studyfile::StudySpec& spec,
                                                  storage::StudyRecord study);

}  // namespace sterlet::study
