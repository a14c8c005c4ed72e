#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "sterlet/cli/context.h"
#include "sterlet/study/sessions.h"

namespace sterlet::cli {

/// Numbers of trials that are RUNNING in the storage though the tuner that ran them is gone. They stand still until the
/// study is run again. Of a tuner elsewhere, whose process cannot be looked at, one look cannot tell.
using Abandoned = std::set<std::int64_t>;

/// By one look.
base::Result<Abandoned> find_abandoned(const Context& context, const OpenStudy& open);

/// Of one trial: "its tuner is gone; sterlet resume mlp runs it again".
std::string gone_text(const study::Study& study);
/// Of all: "trials 3, 7: RUNNING, but ...". Empty where there are none.
std::string abandoned_text(const study::Study& study, const Abandoned& abandoned);

}  // namespace sterlet::cli
