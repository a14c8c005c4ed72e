#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "sterlet/samplers/prior/old_study.h"

namespace sterlet::samplers {

/// What older studies lead to expect of the objective: a sum of their processes, each with a weight. The process of the
/// new results learns what is left.
///
/// A weight is learned from the new results: the slope of their values on what was expected, a first opinion of 1 in it
/// that weighs two results, times the rank_trust() in it, so that an old study whose order is not borne out has none.
/// Source    Golovin et al.: Google Vizier, KDD 2017, section 3.3 (a stack of processes, each of the residuals of those
///           below).
/// Departs   with the weight; and the spread is that of the new process alone, which learns how large residuals are.
class GpTrend final {
 public:
  struct Source {
    std::shared_ptr<const OldStudy> old;
    double weight = 1;  ///< That its learned weight is multiplied with.
  };

  /// Learned from rows of unit coordinates and their values; null where nothing of it is left.
  static std::shared_ptr<const GpTrend> learn(const std::vector<Source>& sources, std::span<const double> units,
                                              std::span<const double> values);

  /// Of `count` points.
  std::vector<double> at(const double* units, std::size_t count) const;
  /// Adds `factors` (one a point) times their gradients.
  void add_gradient(const double* units, std::size_t count, std::span<const double> factors, double* out) const;

 private:
  std::vector<Source> parts_;
};

}  // namespace sterlet::samplers
