#pragma once

#include <string_view>

namespace sterlet::storage {

/// Sequenced reports of a study (?1) after a number (?2), in their order. The index begins where the first of the two
/// bounds says: with `seq > 0`, which only lets the index be used, in front, all that was ever reported would be read to
/// find the newest.
inline constexpr std::string_view kSequencedReports =
    "SELECT seq, trial, step, CASE WHEN is_repeated THEN first_value ELSE value END FROM reports "
    "WHERE study_id = ? AND seq > ? AND seq > 0 ORDER BY seq";

}  // namespace sterlet::storage
