#pragma once

#include <string_view>

#include "sterlet/study/budget.h"

namespace sterlet::study {

/// What a program may do that asks for a trial and gets none: "raise the budget, or end here".
std::string_view what_to_do(Pause pause);

}  // namespace sterlet::study
