#pragma once

#include <memory>

#include "sterlet/babysit/actions/action.h"

namespace sterlet::babysit {

/// Runs the unchanged branch of a change whose window is full, for its verdict.
std::unique_ptr<const Action> make_control();

}  // namespace sterlet::babysit
