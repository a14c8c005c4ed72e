#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/plan/machine.h"
#include "sterlet/space/space.h"
#include "sterlet/studyfile/spec.h"

namespace sterlet::plan {

/// One report of a training: when, at which step, and the first objective, less being better (NaN: it was not in it).
struct Seen {
  double seconds = 0;  ///< Since its program was started.
  std::int64_t step = 0;
  double value = 0;
};

/// What one training of the pilot showed.
struct Training {
  bool is_default = false;  ///< With the defaults; else with a point drawn from the space, ...
  bool is_guess = false;    ///< ... or one that may be the best, by what had been seen before.
  std::vector<Seen> reports;
  double seconds = 0;     ///< How long it ran.
  bool is_whole = false;  ///< It ended by itself, with success.
  bool has_failed = false;
  std::optional<double> value;        ///< The first objective, less being better, as it told it at its end.
  std::optional<std::int64_t> steps;  ///< That it has in all, as its program told.
  std::vector<double> unit;           ///< Where its point lies in the unit cube; NaN where a dimension is not active.
  std::int64_t memory_bytes = 0;
  bool is_live = false;                      ///< Its program takes changes while it trains, ...
  bool restores = false;                     ///< ... and goes back to checkpoints.
  std::optional<double> checkpoint_seconds;  ///< From asking for one until it was told.
  std::uint64_t checkpoint_bytes = 0;
};

/// What a pilot showed.
struct PilotResult {
  Training alone;
  std::vector<Training> beside;  ///< The defaults first, then points of the space, `at_once` at any time.
  int at_once = 1;
  double seconds = 0;  ///< That the pilot took.
};

/// Times of a training: start_up + steps * step + tail. Of the reports of one training.
struct Pace {
  double start_seconds = 0;  ///< Before its first step.
  double step_seconds = 0;   ///< Evaluations and its own checkpoints included, as they come with the reports.
  double step_spread = 0;    ///< Relative standard deviation of a step's time between two reports.
  double report_steps = 1;   ///< Steps between two reports.
};
/// Nothing where there is no report. One report: the start counts as part of the steps.
std::optional<Pace> pace_of(const std::vector<Seen>& reports);

/// All that a plan goes by.
struct Facts {
  double start_seconds = 0, step_seconds = 0, tail_seconds = 0;  ///< Of a training with the defaults, alone.
  std::int64_t steps = 1;
  double step_spread = 0;
  double report_steps = 1;
  int at_once = 1;                  ///< So many ran beside each other ...
  double slow_down = 1;             ///< ... and a step took so many times as long, ...
  double start_slow_down = 1;       ///< ... a start so many times.
  std::vector<double> costs;        ///< Of the points drawn: a full training's time, the defaults' being 1.
  std::optional<double> cost_mean;  ///< Over the space, where the points say by which parameter the time goes.
  /// With cost_mean: draws of what points around the best take, as far as values seen say where it lies.
  std::vector<double> costs_near_best;
  double failures = 0;            ///< In [0, 1]. The share of them that failed; their times count as they were.
  std::int64_t memory_bytes = 0;  ///< Of one training, at most. 0: not known.
  std::optional<double> checkpoint_seconds;
  std::uint64_t checkpoint_bytes = 0;
  double pilot_seconds = 0;  ///< 0: no pilot.

  std::optional<double> value;  ///< What the defaults came to when the pilot ended, less being better.
  double share = 1;             ///< In (0, 1]. How much of a full training that was.
  double slope = 0;             ///< Of the value over ln(step) in the second half of what was seen.
  std::vector<double> gaps;     ///< Values of the points drawn less the defaults' at the same step.
  std::string doubt;            ///< Why what the pilot's trainings came to says nothing, a sentence; empty: it does.

  double live_share = 0;       ///< In [0, 1]. Of what tuning can gain: what live parameters can.
  bool can_babysit = true;     ///< One model can be raised: parameters are live, and the program follows.
  std::string why_not;         ///< Why it cannot; part of a sentence.
  bool is_model_based = true;  ///< The sampler learns from earlier trials.
  double pruned_share = 0;     ///< In (0, 1]. Of a full training, with the study's pruner, on average. 0: none prunes.
  std::string pruner = "none";
  bool is_pruner_open = false;  ///< The study does not say which pruner.
  double open_share = 0;        ///< As pruned_share, with pruner: auto.

  studyfile::Budget budget;
  studyfile::Resources resources;
  std::optional<int> workers;  ///< That the study, or the user, wants.
  Machine machine;

  /// Seconds of a full training with the defaults, alone.
  double full_seconds() const { return start_seconds + static_cast<double>(steps) * step_seconds + tail_seconds; }
};

/// What the pilot, if any, and the study say together. `steps`: of a full training, where it is known.
/// Errors  kInvalidArgument where nothing says how long a full training is.
base::Result<Facts> gather_facts(const studyfile::StudySpec& spec, const space::Space& space, const PilotResult& pilot,
                                 std::optional<std::int64_t> steps);
/// Sets pruned_share and open_share by the study's pruner and what is known of steps and reports.
void set_pruned_shares(const studyfile::StudySpec& spec, Facts& facts);
/// What the study says by itself: budget, resources, pruner, and whether one model can be raised. What is measured stays
/// at its defaults; gather_facts() has it.
Facts facts_of_study(const studyfile::StudySpec& spec, const space::Space& space);

}  // namespace sterlet::plan
