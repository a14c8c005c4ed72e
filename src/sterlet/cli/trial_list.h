#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/cli/trial_columns.h"
#include "sterlet/study/study.h"

namespace sterlet::cli {

/// Which trials are listed, in which order, and what of them.
struct ListOptions {
  std::string sort;                  ///< A column; "value": the best first, "time": how long. Empty: by number.
  std::vector<std::string> states;   ///< Only these, in any case; empty: all.
  std::string tag;                   ///< Only trials that have it; empty: all.
  std::optional<std::int64_t> top;   ///< Only so many, the best.
  std::vector<std::string> columns;  ///< In this order; empty: those that fit.
  bool is_plain() const { return sort.empty() && states.empty() && tag.empty() && !top && columns.empty(); }
};

/// The numbers of the trials that the options name, in their order: the last one is the newest, but for another --sort.
/// Errors: kInvalidArgument for a column or state that there is not, with the nearest.
base::Result<std::vector<std::int64_t>> listed_trials(const study::Study& study, const ListOptions& options,
                                                      const std::vector<ListColumn>& columns);

/// A list of trials as text, and what it had no room for.
struct TrialList {
  std::string text;
  std::vector<std::string> left_out;  ///< Columns.
};
/// Fits `width` columns, unless the options name what is shown: parameters that have no room are left out, the least
/// important (by tier) first; reasons are cut, but those of failed trials go on below. Errors: as listed_trials.
base::Result<TrialList> list_trials(const study::Study& study, const std::vector<std::int64_t>& trials,
                                    const ListOptions& options, const std::vector<ListColumn>& columns,
                                    std::size_t width);

}  // namespace sterlet::cli
