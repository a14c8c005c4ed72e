#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sterlet/samplers/tpe/kernel.h"
#include "sterlet/samplers/tpe/memo.h"
#include "sterlet/space/history.h"
#include "sterlet/space/space.h"

namespace sterlet::samplers {

/// Weight of the uniform density in l, where kernels weigh 1 on average.
inline constexpr double kTpePriorWeight = 1;

/// A mixture of the kernels in a table and the uniform density.
struct TpeMixture {
  std::vector<float> weights;  ///< One a kernel, padded with zeros.
  double total = 0;            ///< Their sum.
  double prior = kTpePriorWeight;

  /// The log of the density at a point whose log kernels those are.
  double log_density(std::span<const float> log_kernels) const;
};

/// The densities that one suggestion is made from.
struct TpeFit {
  std::vector<std::uint32_t> good;        ///< Trials that l is fitted to, best first; never empty.
  std::vector<std::uint32_t> good_slots;  ///< Their slots.
  std::vector<std::uint32_t> numbers;     ///< The trial of each slot, or none.
  TpeMixture l;                           ///< Over the good trials' kernels alone, in the order of `good`.
  TpeMixture g;                           ///< Over all slots, as the next two are.
  TpeMixture success,
      over;  ///< Of trials that kept the constraints and did not fail, and of all that are over; without
             ///< weights while every trial succeeded. Their quotient is, but for a constant, the share
             ///< of successes nearby.
  std::vector<double> good_sums;       ///< Of l's weights, up to each of them.
  std::vector<double> good_units;      ///< A good trial a row: its coordinates, NaN where absent.
  bool is_whole = false;               ///< No good trial lacks a dimension.
  std::vector<double> bandwidths;      ///< One a dimension.
  const ParzenTable* table = nullptr;  ///< The memo's, until the next fit.

  std::size_t dimensions() const { return bandwidths.size(); }
  double good_unit(std::size_t kernel, std::size_t j) const { return good_units[kernel * dimensions() + j]; }
  bool lacks(std::size_t kernel, std::size_t j) const { return !is_whole && std::isnan(good_unit(kernel, j)); }
};

/// Fits l to the good trials, best first, and g to all. `elsewhere`: which of the memo's tables to use.
TpeFit fit_tpe(const space::Space& space, const space::History& history, std::vector<std::uint32_t> good,
               bool elsewhere, TpeMemo& memo);

}  // namespace sterlet::samplers
