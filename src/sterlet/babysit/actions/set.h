#pragma once

#include <memory>
#include <string_view>

#include "sterlet/babysit/actions/action.h"

namespace sterlet::babysit {

inline constexpr std::string_view kSetKind = "set";

/// Changes live hyperparameters: {"changes":[...]}, and starts a branch with them at the step from which the program
/// applies them. First a checkpoint is taken, so that it can be undone.
std::unique_ptr<const Action> make_set();

}  // namespace sterlet::babysit
