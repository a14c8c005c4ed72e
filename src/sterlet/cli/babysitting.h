#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sterlet/cli/context.h"

namespace sterlet::cli {

/// Trains the study's one model with the autopilot, or goes on with it: as `sterlet babysit --auto --steps N`.
base::Result<void> raise_model(Context& context, OpenStudy& open, const std::string& session,
                               std::optional<std::int64_t> steps, const std::string& progress);

}  // namespace sterlet::cli
