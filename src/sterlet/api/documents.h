#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"
#include "sterlet/study/study.h"

namespace sterlet::api {

enum class Reports { kWith, kWithout };
/// One trial as `sterlet export` writes it: number, state, origin, params, values, attempts, reports (its curve, see
/// curve.h), repeat_of or runs and mean where repeats are on, started, ended, and reason, predicted and note (why the
/// sampler chose it) where there are any; tags and notes; and of a trial from before a change of the spec spec_version,
/// outside, and values_then in the objectives of then.
/// Without a storage (null) its reports are not known.
base::Result<base::Json> trial_json(const study::Study& study, storage::Storage* storage, std::int64_t trial,
                                    Reports reports = Reports::kWith);

/// Takes the next piece of a text; false ends the writing.
using Write = std::function<bool(std::string_view)>;
/// Writes it, whole, on one line without an end; in memory no more than its curve.
base::Result<void> write_trial(const study::Study& study, storage::Storage& storage, std::int64_t trial,
                               const Write& write);

/// The study with its parameters and its best trials, without the trials themselves: the report document's head.
/// `best` has the values by which the study counts them: with repeats, or averaged duplicates, their means.
base::Json study_json(const study::Study& study);

/// Writes the study with all its trials (with a tag, where one is given), one after the other: what the report page
/// shows.
base::Result<void> write_document(const study::Study& study, storage::Storage& storage, const Write& write,
                                  const std::string& tag = {});

/// The study in a few numbers: counts by state, best, budget.
base::Json summary_json(const study::Study& study);

/// Each of these trials: number, params, values, and what is known of their noise: see assurance_json and
/// expectation_json.
base::Json best_json(const study::Study& study, std::span<const std::int64_t> trials);

/// Where a model of the study finds its results to be partly luck: `expected` of the trial that it names the best,
/// `noise` (standard deviation of one result), and `luckiest` (number, value, expected) where that is another trial.
/// Empty for all other trials.
base::Json expectation_json(const study::Study& study, std::int64_t trial);

/// The same in words: "expected 0.1061 with another seed; trial 23's 0.1019 is probably luck (expected 0.1068; noise
/// 0.0021)". Empty for all other trials.
std::string expectation_text(const study::Study& study, std::int64_t trial);

/// What is known of a setting from its repeats: runs (trial numbers), mean, standard_error, and of the best
/// probability.
base::Json assurance_json(const study::Study::Assurance& assurance);

/// How sure the result of a best trial is: "mean of 5 runs (3, 17, 18, 21, 22), standard error 0.002; it is the best
/// with probability 0.87". Empty where repeats are off.
std::string assurance_text(const study::Study& study, std::int64_t trial);

}  // namespace sterlet::api
