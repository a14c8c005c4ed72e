#pragma once

#include <string>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/study/priors.h"

namespace sterlet::cli {

/// "1  the hint learning_rate=0.01..0.03, weight 3, from trial 10 on", and what became of it; a line a prior.
std::vector<std::string> prior_lines(const std::vector<study::PriorRecord>& priors);
base::Json priors_json(const std::vector<study::PriorRecord>& priors);

/// {"learning_rate": [0.01, 0.03], "optimizer": ["adam", "sgd"]} from learning_rate=0.01..0.03 optimizer=adam,sgd.
base::Result<base::Json> parse_hint(const std::vector<std::string>& words);

}  // namespace sterlet::cli
