#pragma once

#include <string>

#include "sterlet/babysit/in_flight.h"
#include "sterlet/babysit/supervisor.h"

namespace sterlet::babysit {

/// Where a model stands, for people. `reading`: what is said of a checkpoint that is being read; may be empty.
Status status_of(const Desk& desk, const InFlight& in_flight, const std::string& reading);

}  // namespace sterlet::babysit
