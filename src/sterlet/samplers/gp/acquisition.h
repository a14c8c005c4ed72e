#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "sterlet/samplers/gp/model.h"

namespace sterlet::samplers {

/// ln(phi(z) + z Phi(z)), the logarithm of the expected improvement of a normal variable in units of its standard
/// deviation, z the distance of the best value from its mean in the same units; `slope` its derivative.
/// Accurate to about 1e-13 relative for z in [-1e8, 1e8]: below -5 by the continued fraction of Mills' ratio, in which
/// nothing cancels.
/// Source: Ament, Daulton, Eriksson, Balandat, Bakshy: Unexpected improvements to expected improvement for Bayesian
/// optimization, NeurIPS 2023, section 4.1 (its logarithm); the continued fraction is Laplace's.
double log_expected_improvement(double z, double* slope);

/// How much a trial at a point promises, as its logarithm; what the search maximises.
class GpScore {
 public:
  virtual ~GpScore() = default;
  /// At `count` points, rows of unit coordinates; gradients (rows of dimensions) too unless null.
  virtual void evaluate(const double* units, std::size_t count, double* values, double* gradients) = 0;
  /// A rough order by means alone: cheap, for sorting out.
  virtual void rank(const double* units, std::size_t count, double* values) = 0;
};

/// ln of the expected improvement over the best value, meaned over the model's heads (fantasies of pending trials),
/// each with a best value of its own. The model outlives this.
///
/// `noise` is the variance v of a trial's own noise, as far as it is to count; 0: not. Then the gain is multiplied by
/// 1 - sqrt(v / (s^2 + v)), s^2 the variance at the point: where a trial would tell no more than noise, it gains nothing.
/// Source: Huang, Allen, Notz, Zeng: Global optimization of stochastic black-box systems via sequential kriging
/// meta-models, Journal of Global Optimization 34, 2006, equation 12.
class GpImprovement final : public GpScore {
 public:
  GpImprovement(const GpModel& model, std::vector<double> best, double noise = 0)
      : model_(model), best_(std::move(best)), noise_(noise) {}
  void evaluate(const double* units, std::size_t count, double* values, double* gradients) override;
  void rank(const double* units, std::size_t count, double* values) override;

 private:
  const GpModel& model_;
  std::vector<double> best_;
  double noise_;
  GpModel::Batch batch_;
  std::vector<double> shares_, by_mean_, by_variance_;
};

/// ln of the mean of what several scores are the logarithms of: of one promise, as several models see it.
class GpMixture final : public GpScore {
 public:
  /// `width`: dimensions of the unit cube.
  GpMixture(std::vector<std::unique_ptr<GpScore>> parts, std::size_t width)
      : parts_(std::move(parts)), slopes_(parts_.size()), width_(width) {}
  void evaluate(const double* units, std::size_t count, double* values, double* gradients) override;
  void rank(const double* units, std::size_t count, double* values) override;

 private:
  std::vector<std::unique_ptr<GpScore>> parts_;
  std::vector<std::vector<double>> slopes_;  // A part's gradients.
  std::size_t width_;
  std::vector<double> values_;
};

/// What has to be <= 0 (its process's zero).
struct GpLimit {
  const GpModel* model = nullptr;
  double noise = 0;   ///< Variance that an outcome has beside the process's own: a trial may fail by bad luck.
  double weight = 1;  ///< Of the logarithm of its probability.
};

/// Adds ln of the probability that every limit is kept to another score, or stands alone while no feasible point is
/// known.
///
/// Source    Gardner, Kusner, Xu, Weinberger, Cunningham: Bayesian optimization with inequality constraints, ICML 2014.
class GpFeasibility final : public GpScore {
 public:
  GpFeasibility(GpScore* score, std::vector<GpLimit> limits) : score_(score), limits_(std::move(limits)) {}
  void evaluate(const double* units, std::size_t count, double* values, double* gradients) override;
  void rank(const double* units, std::size_t count, double* values) override;

 private:
  GpScore* score_;
  std::vector<GpLimit> limits_;
  GpModel::Batch batch_;
  std::vector<double> part_, more_;
};

}  // namespace sterlet::samplers
