#pragma once

#include <memory>

#include "sterlet/babysit/actions/action.h"

namespace sterlet::babysit {

/// Says what the autopilot would do, and writes it into the logbook: {"set":{...},"was":{...},"note":TEXT}.
std::unique_ptr<const Action> make_advice();

}  // namespace sterlet::babysit
