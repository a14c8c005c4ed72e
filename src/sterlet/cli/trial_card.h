#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/study/study.h"

namespace sterlet::cli {

/// One trial for a person: what became of it, its values and parameters, and why it was tried, as a table of two columns.
/// `json` is api::trial_json, `remark` what there is to say of its state beside the reason (may be empty). Sentences are
/// broken so that the table fits `columns`.
std::vector<std::vector<std::string>> trial_card(const study::Study& study, const base::Json& json,
                                                 const std::string& remark, std::int64_t now_ms, std::size_t columns);

/// Its curves, a line each metric: first and last value, a sparkline, the best; then its last reports. Lines.
std::vector<std::string> curve_lines(const study::Study& study, const base::Json& json, std::size_t columns);

}  // namespace sterlet::cli
