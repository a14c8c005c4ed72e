#pragma once

#include <memory>

#include "sterlet/babysit/actions/action.h"

namespace sterlet::babysit {

/// Holds the program where it is, once it has written a checkpoint.
std::unique_ptr<const Action> make_pause();

}  // namespace sterlet::babysit
