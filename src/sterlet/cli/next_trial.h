#pragma once

#include <string>
#include <string_view>

#include "sterlet/base/result.h"
#include "sterlet/cli/context.h"

namespace sterlet::cli {

/// As open_study(), but a study file whose study is not stored yet begins it: one may say what to try before the first run.
base::Result<OpenStudy> open_or_begin(const Context& context, const StudyOptions& options);

/// What stands between a study and its next trial: "; nothing runs it now: sterlet resume mlp", or "; but the budget of
/// trials is used up: sterlet resume mlp --trials 13 tries it", where `does` is "tries it"; empty: nothing does.
base::Result<std::string> next_trial_text(const Context& context, const OpenStudy& open, std::string_view does);

}  // namespace sterlet::cli
