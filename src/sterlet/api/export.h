#pragma once

#include <string>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"
#include "sterlet/study/study.h"

namespace sterlet::api {

/// One trial as `sterlet export` writes it: number, state, origin, params, values, attempts, reports of the latest
/// attempt, repeat_of or runs and mean where repeats are on, started, ended, and reason, predicted and note (why the
/// sampler chose it) where there are any.
base::Result<base::Json> trial_json(const study::Study& study, storage::Storage& storage, std::int64_t trial);

/// The study with its parameters and all its trials: what the report page is made from.
base::Result<base::Json> study_document(const study::Study& study, storage::Storage& storage);

/// The study in a few numbers: counts by state, best, budget, seconds used.
base::Json summary_json(const study::Study& study);

/// What is known of a setting from its repeats: runs (trial numbers), mean, standard_error, and of the best
/// probability.
base::Json assurance_json(const study::Study::Assurance& assurance);

/// How sure the result of a best trial is: "mean of 5 runs (3, 17, 18, 21, 22), standard error 0.002; it is the best
/// with probability 0.87". Empty where repeats are off.
std::string assurance_text(const study::Study& study, std::int64_t trial);

/// Reads all rows of trials as a table: header and rows, one column a parameter ("units[1]" for elements).
struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};
Table trial_table(const study::Study& study);

}  // namespace sterlet::api
