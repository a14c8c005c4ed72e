#pragma once

#include <string_view>

#include "sterlet/cli/context.h"

namespace sterlet::cli {

/// Prints each of the best trials, `before` it first: its values, how sure they are, its parameters and of which steps
/// these are.
void print_best(const Context& context, const study::Study& study, std::string_view before);

}  // namespace sterlet::cli
