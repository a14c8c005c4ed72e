#pragma once

#include <cstdint>
#include <memory>

#include "sterlet/pruners/pruner.h"
#include "sterlet/pruners/study_facts.h"

namespace sterlet::pruners {

struct AshaOptions {
  double eta = 3;              ///< In [1.5, 16]. One in eta continues at each rung; rungs are eta times apart.
  std::int64_t min_steps = 1;  ///< >= 1. The first rung.
  std::int64_t max_steps = 0;  ///< >= 0. Steps of a full run, where nobody pauses; 0: the longest that ended complete.
  bool promote = false;        ///< Whether trials pause at rungs and are promoted, instead of being stopped.
};

/// Asynchronous successive halving, stopping variant: at the rungs min_steps * eta^k a trial continues if it is among
/// the best 1/eta of those that have reached the rung so far.
///
/// With `promote` no decision is final: a trial that is not among the best 1/eta of its rung pauses, and continues from
/// its checkpoint once it is; a free worker takes such a trial of the highest rung before it starts a new one.
///
/// Works in  one ordered list a rung. A report past several rungs enters each of them.
/// Edges     while fewer than eta trials are at a rung all continue (with `promote`: all pause); equal values stand by
///           trial number; NaN at a rung is pruned, and counts as the worst. A trial without a checkpoint cannot pause:
///           it is pruned.
/// Cost      O(log n) at a rung, O(1) between rungs; a promotion looks at the best 1/eta of each rung.
/// Source    Li, Jamieson, Rostamizadeh, Gonina, Ben-tzur, Hardt, Recht, Talwalkar: A system for massively parallel
///           hyperparameter tuning, MLSys 2020, algorithm 2; the variant that stops instead of pausing as in Syne Tune.
std::unique_ptr<Pruner> make_asha(const AshaOptions& options);

}  // namespace sterlet::pruners
