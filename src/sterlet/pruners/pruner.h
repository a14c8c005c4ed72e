#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "sterlet/space/history.h"

namespace sterlet::pruners {

/// One report of a trial's objective, in the order in which the study stored it.
struct Report {
  std::int64_t trial = 0;  ///< >= 0; trials are numbered densely from 0.
  std::int64_t step = 0;   ///< Any whole number; a trial's steps usually grow.
  double value = 0;        ///< To be minimised (a maximised objective negated); NaN and infinities are legal.
};

/// How a trial ended.
struct Ending {
  std::int64_t trial = 0;
  space::Outcome outcome = space::Outcome::kComplete;
  double value = 0;  ///< Final objective, to be minimised; NaN where there is none.
};

/// Whether a trial ends early, and why.
struct Decision {
  bool prune = false;
  bool pause =
      false;  ///< With prune: a trial that can continue from a checkpoint is put aside, and may be promoted later.
  std::string reason;  ///< For people, in words and numbers; empty where the trial continues.
};

/// What a trial would have come to.
struct Forecast {
  double value = 0;  ///< Expected final objective, to be minimised.
  double sd = 0;     ///< Of the final objective around it.
};

/// Stops trials that are not worth their time.
///
/// Told every report and every ending of a study in their stored order, and nothing else: an equal sequence gives equal
/// decisions in any process, so a study that is opened again tells its stored sequence and continues as if it had never
/// been closed. A decision uses only what was told before it. Nothing depends on whether a decision was obeyed.
/// A trial counts once at a step: what it reports at steps it has reported before (a second attempt that starts from
/// the beginning does) changes nothing and is never pruned.
class Pruner {
 public:
  virtual ~Pruner() = default;
  /// Takes in a report and decides about its trial.
  virtual Decision report(const Report& report) = 0;
  /// Takes in the end of a trial.
  virtual void finish(const Ending& /*ending*/) {}
  /// Which of the paused trials (ascending numbers) is worth going on with, before any new one is begun; nothing: none.
  virtual std::optional<std::int64_t> promote(std::span<const std::int64_t> /*paused*/) const { return std::nullopt; }
  /// Of a running or pruned trial, by its last report; nothing where the pruner does not forecast, or cannot yet.
  virtual std::optional<Forecast> forecast(std::int64_t /*trial*/) const { return std::nullopt; }
};

}  // namespace sterlet::pruners
