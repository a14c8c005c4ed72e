#include "sterlet/doctor/trials/amendment.h"

#include <algorithm>

#include "sterlet/study/strategies/registry.h"

namespace sterlet::doctor {

bool is_applicable(const Finding& finding) {
  return !finding.edits.empty() &&
         std::none_of(finding.edits.begin(), finding.edits.end(), [](const Edit& edit) { return edit.key == "tune"; });
}

base::Result<studyfile::StudyFile> amended(const study::Study& study, const std::vector<Finding>& findings) {
  base::Json spec = studyfile::json_from_spec(study.spec());
  for (const Finding& finding : findings) {
    for (const Edit& edit : finding.edits) {
      (edit.parameter.empty() ? spec : spec["params"][edit.parameter])[edit.key] = edit.value;
    }
  }
  return studyfile::study_from_json(study::strategies(), spec);
}

}  // namespace sterlet::doctor
