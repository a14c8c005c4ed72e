#pragma once

#include <memory>
#include <string_view>

#include "sterlet/babysit/actions/action.h"

namespace sterlet::babysit {

inline constexpr std::string_view kStopKind = "stop";

/// Ends the program in good order, with a checkpoint; the model can go on later. It is answered when the program has
/// ended.
std::unique_ptr<const Action> make_stop();

}  // namespace sterlet::babysit
