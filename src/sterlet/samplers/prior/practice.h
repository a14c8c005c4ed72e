#pragma once

#include <optional>

#include "sterlet/samplers/prior/prior.h"
#include "sterlet/space/space.h"

namespace sterlet::samplers {

/// What practice expects of parameters with these names, as a prior that fades: a learning rate of some hundredths, a
/// momentum near 0.9, small leaves, large margins. A product over the parameters whose names say something, on their own
/// scales.
///
/// weight    >= 0; 1 as measured (docs/decisions/0010-practice.md). Less where a setting has fewer than twelve
///           dimensions, and nothing up to seven: there the first trials tell as much.
/// Returns   nothing where no name says anything that the ranges do not.
/// Edges     a range that does not meet the usual one is taken to have another unit, and is left alone; so is one of
///           which nine tenths are usual.
/// Cost      O(parameters * rows), once a study.
/// Source    beside the rows of practice_table.cc.
std::optional<ActivePrior> prior_of_practice(const space::Space& space, double weight);

}  // namespace sterlet::samplers
