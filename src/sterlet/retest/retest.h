#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/analysis/retest.h"
#include "sterlet/analysis/retest_choice.h"
#include "sterlet/base/result.h"
#include "sterlet/context/difference.h"
#include "sterlet/study/documents.h"
#include "sterlet/study/study.h"

namespace sterlet::retest {

/// One evaluation that is wanted: a trial's settings, trained from the beginning.
struct Wanted {
  std::int64_t trial = 0;
  std::int64_t repeat = 0;  ///< 0: with the trial's own seed; later ones have seeds of their own.
  std::uint64_t seed = 0;
};

/// What came of it.
struct Evaluation {
  std::optional<double> value;  ///< Of the objective, as told; nothing: it failed.
  double seconds = 0;
  std::string reason;  ///< Why it failed.
};
/// Runs one. Nothing: it was interrupted. An error ends the retest; what was evaluated before it is kept.
using Evaluate = std::function<base::Result<std::optional<Evaluation>>(const Wanted&)>;

struct RetestOptions {
  std::int64_t evaluations = 15;  ///< >= 1. At most so many.
  std::optional<double> seconds;  ///< > 0. None is begun that would not end in that time, as far as the others tell.
};

/// What was evaluated of one trial.
struct Retested {
  std::int64_t trial = 0;
  double then = 0;
  std::vector<std::optional<double>> now;
};

/// The state of a retest, and how it ended.
struct RetestResult {
  analysis::RetestJudgement judgement;
  std::vector<Retested> trials;  ///< The old best first.
  std::int64_t evaluations = 0, reused = 0;
  std::vector<context::Change> changed;  ///< Since then.
  std::string of;                        ///< See Reference.
  bool is_interrupted = false;           ///< No verdict was stored; the next retest in this context goes on.
  std::string ended;                     ///< Why it stopped before it was sure; empty: it was sure.
  std::optional<double> seconds_wanted;  ///< Where its time was used up: what all its evaluations would take.
  /// Of parameters along which the settings have changed their order: "settings with a smaller learning_rate do better
  /// than then". See find_gains().
  std::vector<std::string> gains;
  /// How large differences between settings are now, in those of then; nothing: there were none.
  std::optional<double> scale;
  std::string advice;
};

/// Told after each evaluation.
using Progress = std::function<void(const Wanted&, const Evaluation&, const RetestResult&)>;

/// Evaluates settings of a study again in today's context `now`, one by one, until the verdict is sure: two judgements
/// in a row that agree (see analysis::judge_retest), or the budget is used up.
///
/// Each evaluation is stored as a document of the kind "retest" as it ends, and the verdict as one of the kind "verdict":
/// samplers, the best, budgets and `ls` do not see them. A retest that was interrupted goes on where it was, as long as
/// the context is the same.
///
/// Errors    kConflict where the study has several objectives, is babysat, or has fewer than kSettingsMin settings with a
///           value; kInvalidArgument where the first two evaluations fail, which says more of the program than of the
///           settings; those of `evaluate` and of the storage.
inline constexpr std::size_t kSettingsMin = 5;
base::Result<RetestResult> run_retest(study::Study& study, const base::Json& now, const RetestOptions& options,
                                      const Evaluate& evaluate, const Progress& progress);

/// {"version": 1, "verdict": "holds", "confidence": 0.93, "rank_correlation": {...}, "evaluations": 8, "best_then": 12,
/// "best_now": 12, "changed": ["data/train.csv"], ...}: what `retest --json` prints, and what the verdict's document holds.
base::Json json_of(const RetestResult& result, const study::Study& study);

/// Kind of the documents of single evaluations.
inline constexpr const char* kEvaluationKind = "retest";

}  // namespace sterlet::retest
