#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/base/result.h"
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

/// One column that a list of trials may have.
struct ListColumn {
  std::string name;
  std::function<std::string(std::int64_t trial)> text;
  /// Where a trial stands in this column's order; NaN: last. By text where it is empty.
  std::function<double(std::int64_t trial)> order = {};
  std::string sort_name = {};  ///< Another word for it in --sort.
};

/// All columns of a study's trials, as of `now_ms`. `remarks` stand in place of reasons. Borrows the study.
std::vector<ListColumn> list_columns(const study::Study& study, std::map<std::int64_t, std::string> remarks,
                                     std::int64_t now_ms);

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
