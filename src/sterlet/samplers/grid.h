#pragma once

#include <memory>

#include "sterlet/base/result.h"
#include "sterlet/samplers/sampler.h"
#include "sterlet/samplers/study_facts.h"

namespace sterlet::samplers {

struct GridOptions {
  std::int64_t points = 5;  ///< In [1, 1000]. Values of each continuous parameter, both ends included.
};

/// Every combination of every parameter's values, each once. For a few parameters of few values; with more, n trials
/// show only n^(1/d) values of each parameter, where random points show n.
///
/// Works in  levels equally spaced on each parameter's scale; conditions and constraints leave combinations out.
/// Edges     once the grid is used up, points are drawn at random.
/// Cost      O(points of the grid * d) memory; O(d) a suggestion.
/// Errors    kInvalidArgument where the grid has more points than the budget, or than 1,000,000, naming the number.
/// Source    Bergstra, Bengio: Random search for hyper-parameter optimization, JMLR 13, 2012, on why not to.
base::Result<std::unique_ptr<Sampler>> make_grid(const space::Space& space, const GridOptions& options,
                                                 const StudyFacts& facts);

}  // namespace sterlet::samplers
