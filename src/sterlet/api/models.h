#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"
#include "sterlet/study/study.h"

namespace sterlet::api {

/// What has become of a model that was babysat: with which hyperparameters it ended (or is trained now), how it came to
/// them, and what was changed on the way.
/// {"branch":"c","settings":{...},"schedule":[{"step","set"}],
///  "branches":[{"id","parent","from_step","params","step","value"}],
///  "changes":[{"step","branch","started","kind","change","by","why","state","helped","outcome"}]}
/// `step` and `value` of a branch: its last report of the objective; null where there is none.
/// Nothing: the trial was never babysat. Errors: those of the storage.
base::Result<std::optional<base::Json>> model_json(const study::Study& study, storage::Storage& storage,
                                                   std::int64_t trial);
/// The same of all models of a study, by trial.
base::Result<std::map<std::int64_t, base::Json>> models_json(const study::Study& study, storage::Storage& storage);

/// The schedule of such a model in a line: "learning_rate=0.01 from step 0, learning_rate=0.0316 from step 40".
std::string schedule_text(const base::Json& model);

}  // namespace sterlet::api
