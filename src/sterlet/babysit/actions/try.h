#pragma once

#include <memory>

#include "sterlet/babysit/actions/action.h"

namespace sterlet::babysit {

/// Tries a change of the autopilot from the mark: {"name":PARAMETER,"value":VALUE,"note":TEXT}.
std::unique_ptr<const Action> make_try();

}  // namespace sterlet::babysit
