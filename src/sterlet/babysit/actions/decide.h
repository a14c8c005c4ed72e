#pragma once

#include <memory>

#include "sterlet/babysit/actions/action.h"

namespace sterlet::babysit {

/// Keeps what helped, of a change and its control or of tries, and continues with the winner: {"winner":BRANCH,"note":TEXT}.
std::unique_ptr<const Action> make_decide();

}  // namespace sterlet::babysit
