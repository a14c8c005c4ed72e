#pragma once

#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/cli/context.h"

namespace sterlet::cli {

/// What happened to a study itself, beside its trials, in order: an enqueued point that was skipped, say.
base::Result<std::vector<storage::EventRecord>> study_events(const OpenStudy& open);

/// Prints them: when, and a sentence. With --json one object a line.
void print_events(const Context& context, const std::vector<storage::EventRecord>& events);

}  // namespace sterlet::cli
