#pragma once

#include <string>

#include "sterlet/base/result.h"
#include "sterlet/cli/context.h"

namespace sterlet::cli {

/// How a run is shown on stderr.
enum class Progress {
  kRich,   ///< A block of lines that is kept up to date.
  kPlain,  ///< A line for what happens.
  kJson,   ///< An object a line.
  kNone,
};

/// From --progress; empty means none with --quiet, rich on a terminal, else plain.
base::Result<Progress> choose_progress(const Context& context, const std::string& text);

/// Whether colours are wanted: NO_COLOR is not set.
bool wants_colour(const Context& context);

}  // namespace sterlet::cli
