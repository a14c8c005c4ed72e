#pragma once

#include <string>

#include "sterlet/babysit/record/tree.h"
#include "sterlet/studyfile/schedule.h"

namespace sterlet::babysit {

/// The line that leads to `branch` as a schedule: all first hyperparameters at step 0, then what each change set.
/// Changes that were undone are not on it.
studyfile::Schedule schedule_of(const Tree& tree, int branch);

/// Who changed what from what to what, at which step, why, and what came of it, in the order it was done; with the
/// objective's value where each branch began and ended. Markdown.
base::Result<std::string> logbook_markdown(storage::Storage& storage, std::int64_t study, const std::string& name,
                                           const std::string& metric, const Tree& tree);

}  // namespace sterlet::babysit
