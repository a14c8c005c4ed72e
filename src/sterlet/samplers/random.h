#pragma once

#include <memory>

#include "sterlet/base/result.h"
#include "sterlet/samplers/sampler.h"

namespace sterlet::samplers {

/// Independent uniform draws, each parameter on its own scale.
///
/// Works in  the unit cube; categories are equally likely.
/// Edges     constraints by rejection, so that draws are uniform on the part they leave.
/// Cost      O(d) a suggestion, whatever the history.
/// Errors    none.
/// Source    Bergstra, Bengio: Random search for hyper-parameter optimization, JMLR 13, 2012.
std::unique_ptr<Sampler> make_random(const space::Space& space);

}  // namespace sterlet::samplers
