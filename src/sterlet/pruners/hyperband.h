#pragma once

#include <cstdint>
#include <memory>

#include "sterlet/pruners/pruner.h"
#include "sterlet/pruners/study_facts.h"

namespace sterlet::pruners {

struct HyperbandOptions {
  double eta = 3;              ///< In [1.5, 16]. As in asha.
  std::int64_t min_steps = 1;  ///< >= 1. First rung of the bracket that stops earliest.
  std::int64_t max_steps = 0;  ///< >= 0. Steps of a full run; 0: those of the first trial that ended complete.
};

/// Several successive halvings ("brackets") side by side that begin at different steps: where early values mislead, the
/// later ones still find what the earliest throws away.
///
/// Works in  brackets s = 0 .. floor(log_eta(max_steps / min_steps)), the first rung of s at min_steps * eta^s. A
///           trial's bracket is drawn from the study's seed and its number, with the shares of Li et al.
/// Edges     until max_steps is known no trial is pruned and none has a bracket. Otherwise as asha.
/// Cost      as asha.
/// Source    Li, Jamieson, DeSalvo, Rostamizadeh, Talwalkar: Hyperband, JMLR 18, 2018, algorithm 1; asynchronous
///           brackets as in Li et al., MLSys 2020.
/// Departs   in that brackets run at once and decide asynchronously: no rung waits for its last trial.
std::unique_ptr<Pruner> make_hyperband(const HyperbandOptions& options, const StudyFacts& facts);

}  // namespace sterlet::pruners
