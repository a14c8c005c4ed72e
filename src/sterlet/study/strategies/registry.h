#pragma once

#include <memory>

#include "sterlet/base/result.h"
#include "sterlet/studyfile/strategies.h"

namespace sterlet::study {

class Strategy;
struct Parts;

/// All strategies, for whoever reads a study file.
const studyfile::Strategies& strategies();
/// That of a study.
const studyfile::StrategyRow& strategy_of(const studyfile::StudySpec& spec);
/// Makes the strategy of the ledger's study. Errors: kInvalidArgument, where its options are wrong.
base::Result<std::unique_ptr<Strategy>> make_strategy(const Parts& parts);

}  // namespace sterlet::study
