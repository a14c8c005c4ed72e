#pragma once

#include <string>

#include "sterlet/base/json.h"
#include "sterlet/storage/models.h"

namespace sterlet::babysit {

/// What the guard or the autopilot wants done: an action of the registry by name, for the loop to carry out.
struct Wish {
  std::string kind;
  base::Json body = base::Json::object();
  storage::ChangeAuthor by = storage::ChangeAuthor::kAutopilot;
  bool holds = false;  ///< The program stands still until it hears of it: what it would train until then is lost.
};

}  // namespace sterlet::babysit
