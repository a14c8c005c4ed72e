#pragma once

#include <memory>

#include "sterlet/babysit/actions/action.h"

namespace sterlet::babysit {

/// Goes back to the checkpoint of a step, on any branch, and starts a branch there: {"at":STEP,"from":NAME,"changes":[...]}.
std::unique_ptr<const Action> make_branch();

}  // namespace sterlet::babysit
