#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "sterlet/cli/context.h"

namespace sterlet::cli {

/// Prints each of these trials, the best ones, `before` it first: its values, how sure they are, its parameters and of
/// which steps these are.
void print_best(const Context& context, const study::Study& study, std::span<const std::int64_t> trials,
                std::string_view before);

}  // namespace sterlet::cli
