#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "sterlet/samplers/gp_model.h"

namespace sterlet::samplers {

/// ln(phi(z) + z Phi(z)), the logarithm of the expected improvement of a normal variable in units of its standard
/// deviation, z the distance of the best value from its mean in the same units; `slope` its derivative.
/// Accurate to about 1e-13 relative for z in [-1e8, 1e8]: below -5 by the continued fraction of Mills' ratio, in which
/// nothing cancels.
/// Source: Ament, Daulton, Eriksson, Balandat, Bakshy: Unexpected improvements to expected improvement for Bayesian
/// optimization, NeurIPS 2023, section 4.1 (its logarithm); the continued fraction is Laplace's.
double log_expected_improvement(double z, double* slope);

/// The models that vote on where to go next: each with its own hyperparameters, targets (one head a fantasy of pending
/// trials) and best value a head. Its value at a point is ln of the mean expected improvement over models and heads.
class GpAcquisition final {
 public:
  /// Models outlive this. best: one a head of each model; weights add up to 1.
  struct Member {
    const GpModel* model;
    std::vector<double> best;
    double weight = 1;
  };
  explicit GpAcquisition(std::vector<Member> members) : members_(std::move(members)) {}

  /// At `count` points, rows of unit coordinates; gradients (rows of dimensions) too unless null.
  void evaluate(const double* units, std::size_t count, double* values, double* gradients);
  /// Upper bound by the prior's spread, from means alone: cheap, for sorting out.
  void bound(const double* units, std::size_t count, double* values);

  const std::vector<Member>& members() const { return members_; }

 private:
  std::vector<Member> members_;
  std::vector<GpModel::Batch> batches_;
  std::vector<double> logs_, by_mean_, by_variance_, part_;
};

}  // namespace sterlet::samplers
