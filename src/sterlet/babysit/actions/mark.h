#pragma once

#include <memory>

#include "sterlet/babysit/actions/action.h"

namespace sterlet::babysit {

/// Takes the checkpoint at which a window of the autopilot begins, and says what there is to say: {"note":TEXT}.
std::unique_ptr<const Action> make_mark();

}  // namespace sterlet::babysit
