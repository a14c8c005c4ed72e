#pragma once

#include <memory>
#include <string_view>

#include "sterlet/babysit/actions/action.h"

namespace sterlet::babysit {

inline constexpr std::string_view kUndoKind = "undo";

/// Goes back to the checkpoint before the last change. The guard may name the first of several changes to take back at
/// once: {"through":BRANCH}.
std::unique_ptr<const Action> make_undo();

}  // namespace sterlet::babysit
