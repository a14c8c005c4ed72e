#pragma once

#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/doctor/finding.h"
#include "sterlet/study/study.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::doctor {

/// Whether a finding's patch can be made in a study that has trials without losing what they say: that a parameter is
/// fixed leaves out all trials that had other values.
bool is_applicable(const Finding& finding);

/// The study as it would be with these patches: what Study::open takes as an amendment.
/// Errors: those of a study file, where the patches do not go together.
base::Result<studyfile::StudyFile> amended(const study::Study& study, const std::vector<Finding>& findings);

}  // namespace sterlet::doctor
