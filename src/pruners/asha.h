#pragma once

#include <cstdint>
#include <memory>

#include "sterlet/pruners/pruner.h"
#include "sterlet/pruners/setting.h"

namespace sterlet::pruners {

struct AshaOptions {
  double eta = 3;              ///< In [1.5, 16]. One in eta goes on at each rung; rungs are eta times apart.
  std::int64_t min_steps = 1;  ///< >= 1. The first rung.
};

/// Asynchronous successive halving, stopping variant: at the rungs min_steps * eta^k a trial goes on if it is among the
/// best 1/eta of those that have reached the rung so far.
///
/// Works in  one ordered list a rung. A report past several rungs enters each of them.
/// Edges     while fewer than eta trials are at a rung all go on; equal values stand by trial number; NaN at a rung is
///           pruned, and counts as the worst.
/// Cost      O(log n) at a rung, O(1) between rungs.
/// Source    Li, Jamieson, Rostamizadeh, Gonina, Ben-tzur, Hardt, Recht, Talwalkar: A system for massively parallel
///           hyperparameter tuning, MLSys 2020; the variant that stops instead of pausing as in Syne Tune.
std::unique_ptr<Pruner> make_asha(const AshaOptions& options);

}  // namespace sterlet::pruners
