#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"
#include "sterlet/space/space.h"
#include "sterlet/studyfile/spec.h"

namespace sterlet::studyfile {

/// Hyperparameters that change during a training: what to set once so many steps are done. A program counts steps as in
/// its reports.
struct Schedule {
  struct Entry {
    std::int64_t step = 0;
    base::Json set = base::Json::object();  ///< Values by name; only those that change.
    bool operator==(const Entry&) const = default;
  };
  std::vector<Entry> entries;  ///< By step, each step once; step 0 is the start.
  bool operator==(const Schedule&) const = default;

  /// The values in force after `step` steps, over `start`.
  base::Json values_at(std::int64_t step, base::Json start) const;
};

/// {"version":1,"schedule":[{"step":0,"set":{"learning_rate":0.01}},{"step":40,"set":{"learning_rate":0.02}}]}
base::Json json_from_schedule(const Schedule& schedule);
/// Reads it. Errors: kInvalidArgument, naming the entry; kConflict for a newer version.
base::Result<Schedule> schedule_from_json(const base::Json& json);
/// Reads a file. Errors: kNotFound; as schedule_from_json, at the path.
base::Result<Schedule> read_schedule(const std::string& path);
/// The schedule of a study with strategy: replay. Errors: as schedule_from_json.
base::Result<Schedule> replay_schedule(const StudySpec& spec);
/// Checks names and values against a space: entries after step 0 may only set live parameters.
base::Result<void> check_schedule(const Schedule& schedule, const space::Space& space);

}  // namespace sterlet::studyfile
