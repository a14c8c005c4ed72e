#pragma once

#include <cstdint>
#include <string>

#include "sterlet/base/result.h"
#include "sterlet/studyfile/schedule.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::study {

/// Makes of a study one that trains `seeds` times from the beginning with the schedule in that file: another name, which
/// tells the schedule, strategy replay, no pruning, seeds of its own. What the schedule leaves open at its start has the
/// study's defaults. Errors: kBadStudyFile where the file is no schedule or does not fit the space.
base::Result<void> make_replay(studyfile::StudyFile& file, const std::string& schedule_path, std::int64_t seeds);

/// The same with a schedule that is known; `source` names it in errors.
base::Result<void> make_replay(studyfile::StudyFile& file, studyfile::Schedule schedule, const std::string& source,
                               std::int64_t seeds);

}  // namespace sterlet::study
