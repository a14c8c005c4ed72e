#pragma once

#include <cstdint>
#include <string>

#include "sterlet/base/clock.h"
#include "sterlet/base/result.h"
#include "sterlet/storage/storage.h"
#include "sterlet/study/sessions.h"

namespace sterlet::study {

/// What is done to a whole study as it is stored. Each function is one transaction, on the disk when it returns; files
/// are the caller's.

/// The study of that name. kNotFound names the nearest.
base::Result<storage::StudyRecord> find_stored(storage::Storage& storage, const std::string& name);

/// kConflict where a process runs the study, or may. Errors: as Storage's.
base::Result<void> check_at_rest(storage::Storage& storage, const storage::StudyRecord& study, SessionWatch& watch);

/// Removes it with all its trials.
base::Result<void> remove_study(storage::Storage& storage, const storage::StudyRecord& study);

/// Whether a study may get that name. Errors: kConflict where it is taken; kInvalidArgument for what is no name.
base::Result<void> check_new_name(storage::Storage& storage, const std::string& name);

/// Gives it another name. Errors: kConflict where that is taken; kInvalidArgument for what
/// is no name.
base::Result<void> rename_study(storage::Storage& storage, const storage::StudyRecord& study, const std::string& name);

enum class CopyTrials { kNo, kYes };
/// Makes a study of that name with the same spec and seed; with kYes also with the trials, their reports, notes and tags
/// and what waits in the queue. A trial that has no result yet is CANCELLED in the copy. Checkpoints are not copied.
/// Errors: as rename_study(); kConflict for the trials of a population, which need their checkpoints.
base::Result<storage::StudyRecord> copy_study(storage::Storage& storage, const storage::StudyRecord& study,
                                              const std::string& name, CopyTrials trials, const base::Clock& clock);

}  // namespace sterlet::study
