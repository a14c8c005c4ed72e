#pragma once

#include <string>

#include "sterlet/doctor/importance.h"

namespace sterlet::doctor {

/// Shares of the variance as bars with their intervals, a parameter a row: one SVG document that needs nothing else.
/// Where there is not enough to say, that sentence.
std::string importance_svg(const Importance& importance);

}  // namespace sterlet::doctor
