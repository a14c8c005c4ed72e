#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "sterlet/babysit/actions/action.h"

namespace sterlet::babysit {

inline constexpr std::string_view kRollBackKind = "rollback";

/// Goes back to the last good checkpoint, past the data that was bad: {"good_step":S,"bad_step":S,"note":TEXT}.
std::unique_ptr<const Action> make_roll_back();

/// What is said of the data that a program was asked to leave out, by how much of it the program says it leaves out.
std::string left_out_text(std::int64_t asked_steps, std::int64_t told_steps);

/// The same for a program that is at rest, or will be started again: the tree alone.
base::Result<void> roll_back_at_rest(Desk& desk, const RollBack& plan, const std::string& sentence);

}  // namespace sterlet::babysit
