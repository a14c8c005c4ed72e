#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "sterlet/plan/model.h"

namespace sterlet::plan {

/// What would be chosen; nothing where the budget pays for nothing at all.
using Chooser = std::function<std::optional<Strategy>(const Facts& facts)>;

/// The nearest other counts of cores (of GPUs, where a trial asks for them) and other budgets with which another strategy
/// than `chosen` is named, on each side: up to 16 times as much and down to one, or a sixteenth of the budget.
///
/// The machine need not have so many: twice the trainings on twice the cores slow each other down as those on this one do.
std::vector<Flip> find_flips(const Facts& facts, Strategy chosen, const Chooser& choose);

}  // namespace sterlet::plan
