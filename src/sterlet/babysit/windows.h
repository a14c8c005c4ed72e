#pragma once

#include <cstdint>

#include "sterlet/babysit/reported.h"

namespace sterlet::babysit {

struct Options;

/// How many reports a window has that begins at this step: so many as was asked for, else 10. Where a program reports at
/// every step, ten of its reports say next to nothing: then they are taken together, a fortieth of the steps that may be
/// spent or, where nobody said how many these are, a twentieth of those that are done. (bench/RESULTS.md, "Small steps")
/// In a short training a window is a twentieth of it.
std::int64_t window_reports(const Options& options, const Reported& reported, std::int64_t step);

/// Whether so few steps may be spent, of a program that reports at every step, that trying changes on them would cost
/// more than it brings. Not where somebody asked for windows.
bool is_short(const Options& options, const Reported& reported);

}  // namespace sterlet::babysit
