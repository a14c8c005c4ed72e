#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "sterlet/samplers/gp/model.h"

namespace sterlet::samplers {

/// Where the prior of a group's length scale is centred, in logarithms.
double expected_log_length(const GpEmbedding& embedding, std::size_t group);

/// Minus the log posterior density of the hyperparameters given rows and values, and its gradient.
///
/// Parameters, in this order: ln length of each group, ln variance, ln noise, t of each group whose warp is learned:
/// all numeric ones if `warped`, else those whose scale is suspect. `log_variance`: where its prior is centred.
/// Cost      n^3 / 2 multiplications and 5 n^2 d operations an evaluation.
/// Source    Rasmussen, Williams 2006, equation 5.9; the gradient by one n x n matrix, as all of them share it.
class GpEvidence final {
 public:
  GpEvidence(const GpEmbedding& embedding, const GpRows& rows, std::span<const double> values, bool warped,
             double log_variance = 0);

  std::size_t parameter_count() const { return count_; }
  double evaluate(std::span<const double> parameters, std::span<double> gradient);
  /// ln p(y | parameters) of the last evaluation, without priors.
  double log_likelihood() const { return likelihood_; }

  GpHyper hyper(std::span<const double> parameters) const;
  std::vector<double> parameters(const GpHyper& hyper) const;
  std::vector<double> low() const;
  std::vector<double> high() const;

 private:
  double add_priors(std::span<const double> parameters, std::span<double> gradient) const;

  const GpEmbedding& embedding_;
  const GpRows& rows_;
  std::vector<double> values_;
  std::vector<std::size_t> warped_;  // Groups whose warp is learned.
  std::size_t count_, n_, stride_;   // Rows of stride_: room for the values and for ones beside the n_ rows.
  std::vector<double> features_, columns_, upper_, slopes_, inverse_, precision_, alpha_, moments_, scales_, weights_;
  double log_variance_, likelihood_ = 0, least_share_ = 1;
};

/// Where to begin a fit, and how far to take it.
struct GpFitPlan {
  bool warped = false;
  std::vector<GpHyper> starts;  ///< Beside the prior's own mode.
  int steps = 30;               ///< Evaluations of the start that is the best after `together`; the others end there.
  int together = 30;
  bool from_prior = true;
  double log_variance = 0;  ///< Where the prior of the signal's is centred.
};

struct GpFit {
  GpHyper hyper;
  double log_posterior = 0;
};

/// What each start has come to, the best first: that one is a local maximum, or nearly. Never empty.
std::vector<GpFit> fit_gp(const GpEmbedding& embedding, const GpRows& rows, std::span<const double> values,
                          const GpFitPlan& plan);

/// `count` draws of the hyperparameters from their posterior, one after another from `start` (a local maximum) on.
/// While trials are few many explanations of them are likely, and the maximum alone is too sure of its own.
///
/// Hamiltonian Monte Carlo: each draw a path of kLeaps steps, in units of the priors' spreads. Random numbers are
/// fixed: the same rows and values have the same draws.
///
/// Cost      kLeaps evaluations of GpEvidence a draw.
/// Source    Neal: MCMC using Hamiltonian dynamics, 2011.
std::vector<GpHyper> draw_hypers(const GpEmbedding& embedding, const GpRows& rows, std::span<const double> values,
                                 const GpFitPlan& plan, const GpHyper& start, std::size_t count);

}  // namespace sterlet::samplers
