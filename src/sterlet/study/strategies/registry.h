#pragma once

#include <memory>
#include <string_view>

#include "sterlet/base/result.h"
#include "sterlet/study/strategies/strategy.h"

namespace sterlet::study {

/// Makes the strategy of the ledger's study. Errors: kInvalidArgument, where its options are wrong.
base::Result<std::unique_ptr<Strategy>> make_strategy(const Parts& parts);

}  // namespace sterlet::study
