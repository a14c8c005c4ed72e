#pragma once

#include <memory>
#include <string_view>

#include "sterlet/babysit/actions/action.h"

namespace sterlet::babysit {

inline constexpr std::string_view kPauseKind = "pause";

/// Holds the program where it is, once it has written a checkpoint.
std::unique_ptr<const Action> make_pause();

}  // namespace sterlet::babysit
