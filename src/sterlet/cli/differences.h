#pragma once

#include "sterlet/cli/context.h"
#include "sterlet/study/difference.h"

namespace sterlet::cli {

/// Tells what a study file changes of the stored study, one line a key, and what becomes of its trials.
void tell_differences(const Context& context, const studyfile::StudySpec& spec, const study::Comparison& comparison);

/// "params.x.high: was 1, is 2; what that means".
std::string difference_text(const study::Difference& difference);

/// A list of key, was, is, weight and meaning.
base::Json differences_json(const std::vector<study::Difference>& differences);

/// The same as a document: study, trials, outside, and differences.
base::Json comparison_json(const std::string& study, const study::Comparison& comparison);

}  // namespace sterlet::cli
