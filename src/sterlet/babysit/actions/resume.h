#pragma once

#include <memory>

#include "sterlet/babysit/actions/action.h"

namespace sterlet::babysit {

/// Lets a paused program run again.
std::unique_ptr<const Action> make_resume();

}  // namespace sterlet::babysit
