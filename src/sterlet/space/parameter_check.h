#pragma once

#include <vector>

#include "sterlet/space/parameter.h"
#include "sterlet/space/space.h"

namespace sterlet::space {

/// Adds what is wrong with one declaration for itself: its name, range, scale, step, choices and tier. Its condition and its
/// default are looked at with all others.
void check_declaration(const Parameter& parameter, std::vector<Fault>& faults);

}  // namespace sterlet::space
