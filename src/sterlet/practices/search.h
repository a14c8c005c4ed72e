#pragma once

#include <functional>
#include <vector>

#include "sterlet/practices/claim.h"

namespace sterlet::practices {

using Objective = std::function<double(const std::vector<double>& values)>;

/// One search, trial after trial, each told its objective (minimised; of the raw values) before the next is asked for.
struct Search {
  std::string_view sampler;
  base::Json options = base::Json::object();
  std::uint64_t seed = 0;
  std::int64_t trials = 0;
};

/// The points tried, in order.
base::Result<std::vector<std::vector<double>>> run_search(const Parts& parts, const space::Space& space,
                                                          const Search& search, const Objective& objective);
/// The first of the best points of a search.
base::Result<std::vector<double>> best_of_search(const Parts& parts, const space::Space& space, const Search& search,
                                                 const Objective& objective);

/// A space that is known to be right.
space::Space space_of(std::vector<space::Parameter> parameters);
/// "learning_rate" from 0.0001 to 1.
space::Parameter learning_rate(space::Scale scale);

/// `count` coordinates in [0.1, 0.9], the same for the same seed: where an optimum is put.
std::vector<double> hidden_place(std::uint64_t seed, std::size_t count);
double distance(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace sterlet::practices
