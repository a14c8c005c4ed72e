#pragma once

#include <string>

namespace sterlet::base {

/// A number for people to read, with at most six significant digits: 0.01 for 0.010000000000000004, 0.123457, 1e-05. A
/// number whose exact text is no longer keeps that: 1234567. Files and JSON take number_text().
std::string figure_text(double value);

/// As figure_text(), with at most four: where there is little room.
std::string short_figure_text(double value);

}  // namespace sterlet::base
