#pragma once

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"
#include "sterlet/space/space.h"

namespace sterlet::babysit {

/// The first hyperparameters of a new model: `given`, else the defaults, else the middle of each range on its scale.
/// Errors: those of Space::complete, for `given`.
base::Result<base::Json> first_params(const space::Space& space, const base::Json& given);

}  // namespace sterlet::babysit
