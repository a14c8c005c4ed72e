#pragma once

#include <optional>
#include <string>

#include "sterlet/base/json.h"
#include "sterlet/space/space.h"

namespace sterlet::babysit {

/// The live parameter that is changed first, of those a model with these hyperparameters has: one that is called a
/// learning rate, else the number of the lowest tier. Nothing where no number is live.
std::optional<std::string> find_learning_rate(const space::Space& space, const base::Json& params);

/// What the study allows of a wished value of a live number: within its bounds, on its steps. Nothing where that is
/// what it has already, or a constraint forbids it.
std::optional<base::Json> clamp_to_space(const space::Space& space, const base::Json& params, const std::string& name,
                                         double wished);

}  // namespace sterlet::babysit
