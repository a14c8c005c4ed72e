#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/space/history.h"
#include "sterlet/storage/records.h"
#include "sterlet/study/versions.h"

namespace sterlet::study {

/// A trial handed out to be run.
struct Claim {
  std::int64_t number = 0;
  int attempt = 1;
  space::Point point;
  std::string checkpoint;               ///< Last one of an earlier attempt; empty: none.
  std::vector<base::Json> agenda;       ///< Messages of the channel, each with the step ("at") from which it holds.
  std::optional<std::int64_t> seed_of;  ///< Trial whose seed its program gets, where not its own.
  bool is_exact = false;                ///< The point counts over what the checkpoint remembers.
};

/// What became of a trial.
struct Outcome {
  storage::State state = storage::State::kComplete;  ///< COMPLETE, PRUNED, FAILED, LOST or CANCELLED.
  std::vector<double> values;                        ///< One an objective; may be empty, then the last reports count.
  std::vector<double> constraints;                   ///< Feasible when all are <= 0.
  /// With COMPLETE and no values, one an objective: what came in its place, in a sentence; empty where it was reported.
  std::vector<std::string> instead = {};
  std::string reason;
  /// With LOST: its program alone was killed from outside. After three times without a step further it is FAILED.
  bool is_killed = false;
  /// With FAILED: its program could not be started at all. It does not use the budget up, and runs again.
  bool is_unstarted = false;
  /// How long the attempt ran, by a clock that nobody sets; nothing: what the wall clock says.
  std::optional<double> seconds = std::nullopt;
};

/// What a trial reported at one step.
struct StepReport {
  std::int64_t step = 0;
  std::vector<std::pair<std::string, double>> metrics;
};

/// A trial as readers see it; its params are, of a member of a population, those of its latest interval.
struct TrialView {
  storage::TrialRecord record;
  space::Origin origin = space::Origin::kRandom;
  base::Json params;
  /// Of a trial of another version of the spec; `params` are, where it lies outside, those of then.
  std::optional<Formerly> formerly = std::nullopt;
};

/// Whether no attempt of it follows, but where a pruner put it aside: see is_put_aside().
bool is_final(storage::State state);

/// Whether a pruner put it aside, and it may be promoted. PAUSED for another reason belongs to whoever paused it.
bool is_put_aside(const storage::TrialRecord& record);

/// Whether it failed as its program could not be started.
bool is_unstarted(const storage::TrialRecord& record);

/// Whether all constraints hold.
bool is_feasible(const std::vector<double>& constraints);

/// What samplers and pruners take a trial for.
space::Outcome outcome_of(const storage::TrialRecord& record);

/// Words before the reason of a trial that is put aside; for people, the record's `suspension` says it to the code.
inline constexpr std::string_view kPutAsideWords = "paused: ";

}  // namespace sterlet::study
