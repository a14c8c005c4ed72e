#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/study/ledger.h"
#include "sterlet/study/priors.h"

namespace sterlet::study {

/// Ends the priors that the results of a study contradict, as samplers::find_contradiction() has it, and returns a
/// sentence of each. A prior older than kJudgedTrials trials has faded, and is left alone. Within a transaction.
/// Cost: that of find_contradiction() for each prior that is judged.
base::Result<std::vector<std::string>> end_contradicted(Ledger& ledger, Priors& priors, std::uint64_t seed);

inline constexpr std::int64_t kJudgedTrials = 20;

}  // namespace sterlet::study
