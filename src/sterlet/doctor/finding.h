#pragma once

#include <string>
#include <vector>

#include "sterlet/base/json.h"

namespace sterlet::doctor {

/// A key of a study file and the value it should have.
struct Edit {
  std::string parameter;  ///< Whose key; empty: a key of the file itself.
  std::string key;
  base::Json value;
  bool operator==(const Edit&) const = default;
};

/// One thing a good practitioner would say of a study.
struct Finding {
  std::string kind;  ///< scale, averages, grid, budget, bounds, ordinal, defaults, memory; of trials constant,
                     ///< edge, scale, unimportant, noise, failures, few.
  std::vector<std::string> about;             ///< Parameters.
  std::string at;                             ///< study.yaml:9:33; empty where it is of trials.
  std::string says;                           ///< What to do and why, a sentence without its end.
  base::Json because = base::Json::object();  ///< The same reason in numbers.
  std::vector<Edit> edits;                    ///< What would heal it; empty where a person must decide.
  double confidence = 0.9;                    ///< In (0, 1].
};

/// {"version":1,"findings":[...]}: what --json prints. A patch of one parameter, or of the file, is {"scale":"log"}; of
/// several parameters {"params":{"beta1":{"tune":false}}}.
base::Json findings_json(const std::vector<Finding>& findings);

}  // namespace sterlet::doctor
