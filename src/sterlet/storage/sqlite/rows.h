#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sterlet/storage/records.h"
#include "sterlet/storage/sqlite/statement.h"

namespace sterlet::storage {

/// How records lie in columns.

/// Of a trial, but for the event that changed it last.
inline constexpr std::string_view kTrialColumns =
    "number, state, origin, point, objective_values, constraint_values, last_step, attempt, session, history_seq, "
    "predicted, checkpoint, reason, created_ms, started_ms, ended_ms, suspension, spec_version, is_unstarted";

inline constexpr std::string_view kStudyColumns = "id, name, spec, seed, created_ms, stop_requested, identity";

/// From kStudyColumns. Where they do not fit, the row says so: see Statement::fits().
StudyRecord read_study(Statement& row);
/// From kTrialColumns and changed_seq behind them; likewise. Into one that is used again and again, so that its texts'
/// memory is, too.
void read_trial(Statement& row, TrialRow& into);
/// Numbers as text, by blanks: a list in one column, NaN and infinities included.
std::string text_of_numbers(const std::vector<double>& numbers);

}  // namespace sterlet::storage
