#pragma once

#include <memory>
#include <string>

#include "sterlet/babysit/actions/action.h"

namespace sterlet::babysit {

/// Goes back to the last good checkpoint, past the data that was bad: {"good_step":S,"bad_step":S,"note":TEXT}.
std::unique_ptr<const Action> make_roll_back();

/// The same for a program that is at rest, or will be started again: the tree alone.
base::Result<void> roll_back_at_rest(Desk& desk, const RollBack& plan, const std::string& sentence);

}  // namespace sterlet::babysit
