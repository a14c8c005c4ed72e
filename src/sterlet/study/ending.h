#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/storage/records.h"
#include "sterlet/study/trial.h"
#include "sterlet/studyfile/spec.h"

namespace sterlet::study {

/// The event of a trial that became LOST because its program alone was killed, and how often in a row that may happen
/// without a step further.
inline constexpr std::string_view kKilledEvent = "killed";
inline constexpr int kKillsInPlaceMax = 3;

/// How a trial's attempt ends: its record from then on, and the event that tells of it.
struct Ending {
  storage::TrialRecord record;
  std::string_view event;  ///< Of the program's life.
  std::string detail;
};

/// What an ending depends on beside the record and what was told.
struct EndingFacts {
  /// What the trial reported last for each objective, NaN where nothing: in this attempt, or else in the last one that
  /// reported anything. Nothing: it never did.
  std::optional<std::vector<double>> reported;
  /// What of its curve counts, where an objective's `of` is more than the last report; nothing: `reported` counts.
  std::optional<std::vector<double>> counted = std::nullopt;
  std::int64_t now_ms = 0;
};

/// What a trial is told in place of LOST where its program was killed too often without coming a step further: then it
/// is not the machine's fault, but most likely needs more memory than there is.
Outcome give_up(Outcome told);

/// Whether a trial can be told that. Errors: kInvalidArgument (wrong number of values).
base::Result<void> check_told(const storage::TrialRecord& record, const Outcome& told,
                              std::span<const studyfile::Objective> objectives);

/// How an attempt ends that was told `told`, which check_told() has let pass. COMPLETE without values takes the counted
/// ones, else those reported last; with a NaN, or none at all, the trial is FAILED. One that a pruner has decided to end
/// is PRUNED or put aside, unless it is told COMPLETE or FAILED.
Ending decide_ending(const storage::TrialRecord& known, Outcome&& told, const EndingFacts& facts,
                     std::span<const studyfile::Objective> objectives);

/// How an attempt ends whose process is gone without a word.
Ending decide_loss(storage::TrialRecord record, const EndingFacts& facts);

}  // namespace sterlet::study
