#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "sterlet/study/study.h"

namespace sterlet::cli {

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

/// A trial of the study, by its number.
const storage::TrialRecord& record_of(const study::Study& study, std::int64_t trial);

/// Whether its result counts: COMPLETE, feasible, and of the present space.
bool counts(const study::Study& study, std::int64_t trial);

}  // namespace sterlet::cli
