#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "sterlet/samplers/prior/prior.h"
#include "sterlet/samplers/tpe/draws.h"
#include "sterlet/samplers/tpe/fit.h"
#include "sterlet/samplers/tpe/memo.h"

namespace sterlet::samplers {

/// The densities of an older study's good trials and of all its trials, to be mixed with those of the new one.
///
/// Weight    that of the prior, times its trust (trust.h): how far the old results' order is borne out; times
///           kHalved / (kHalved + n) after n results, as what the study itself has found tells more and more.
/// Source    Watanabe et al.: Speeding up multi-objective hyperparameter optimization by task similarity-based
///           meta-learning for the tree-structured Parzen estimator, IJCAI 2023, which mixes densities by how far the
///           good sets of the studies overlap.
/// Departs   with the weight: few results have hardly a good set, but an order.
class TpeOld final {
 public:
  /// `good_share`: how many of the old trials are good.
  TpeOld(const space::Space& space, const ActivePrior& prior, double good_share);
  TpeOld(const TpeOld&) = delete;
  TpeOld& operator=(const TpeOld&) = delete;

  /// Of kernels weighing 1 each in all densities, how much the old ones weigh beside the new ones.
  double weight(const space::Space& space, const space::History& history, std::size_t results) const;
  /// The logs of the old densities of good trials and of all.
  std::pair<double, double> log_densities(const space::Space& space, const space::Point& point) const;
  /// Points drawn from the old good trials' density.
  TpeDraws draws(const space::Space& space, std::size_t count, const base::StreamKey& key) const;

  static constexpr double kHalved = 20;

 private:
  ActivePrior prior_;
  TpeMemo memo_;
  TpeFit fit_;
};

}  // namespace sterlet::samplers
