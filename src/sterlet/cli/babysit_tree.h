#pragma once

#include <optional>

#include "sterlet/cli/context.h"

namespace sterlet::cli {

/// Prints the tree of a model: of that trial, or the one that runs, or the latest.
base::Result<void> show_tree(const Context& context, OpenStudy& open, std::optional<std::int64_t> trial);

}  // namespace sterlet::cli
