#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "sterlet/babysit/actions/action.h"

namespace sterlet::babysit {

struct ActionRow {
  std::string_view kind;  ///< As commands name it.
  bool is_own = false;    ///< Only the guard and the autopilot may ask for it.
  std::unique_ptr<const Action> (*make)() = nullptr;
};

std::span<const ActionRow> action_rows();

/// The row of that kind that may be asked for, by a person or by Sterlet itself; null: there is none.
const ActionRow* find_action(std::string_view kind, bool is_own);

}  // namespace sterlet::babysit
