#pragma once

#include <optional>
#include <span>
#include <vector>

#include "sterlet/samplers/cmaes/view.h"
#include "sterlet/samplers/prior/prior.h"
#include "sterlet/space/history.h"

namespace sterlet::samplers {

/// Where a search starts that older results lead: a normal distribution about their best, and shares of choices.
struct CmaesWarm {
  std::vector<double> mean;
  double sigma = 0;
  std::vector<double> covariance;  ///< Of determinant 1.
  std::vector<double> shares;      ///< To be normalised.
};

/// That of the first prior with old results whose trust by `trials`, the beginning of a history, is a half or more.
/// The distribution has the mean and the covariance of a mixture of equal normals about the best of the old settings.
///
/// Edges     nothing where there is no such prior, or it has fewer than three settings.
/// Source    Nomura et al.: Warm starting CMA-ES for hyperparameter optimization, AAAI 2021.
std::optional<CmaesWarm> cmaes_warm(const CmaesView& view, const std::vector<ActivePrior>& priors,
                                    std::span<const space::Observation> trials);

}  // namespace sterlet::samplers
