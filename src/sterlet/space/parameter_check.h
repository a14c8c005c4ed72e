#pragma once

#include <string>
#include <vector>

#include "sterlet/space/parameter.h"
#include "sterlet/space/space.h"

namespace sterlet::space {

/// A fault of a parameter's declaration, under a key of it or of the whole ("").
Fault fault_of(const std::string& parameter, const std::string& key, std::string what, std::string next);

/// Adds what is wrong with one declaration for itself: its name, range, scale, step, choices and tier. Its condition and its
/// default are looked at with all others.
void check_declaration(const Parameter& parameter, std::vector<Fault>& faults);

}  // namespace sterlet::space
