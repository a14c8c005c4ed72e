#pragma once

#include "sterlet/cli/context.h"

namespace sterlet::cli {

/// Prints what the study was from which trial on, oldest first: each version's first trial, when it was made, and what it
/// changed of the one before; as JSON with the whole spec of each.
base::Result<void> show_spec(const Context& context, const OpenStudy& open);

}  // namespace sterlet::cli
