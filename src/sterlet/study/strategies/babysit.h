#pragma once

#include <memory>

#include "sterlet/study/strategies/strategy.h"

namespace sterlet::study {

/// One model, changed while it trains (panda, in Ng's words). The room babysit raises it; who drives such a study by
/// ask and tell all the same gets trials as from parallel.
base::Result<std::unique_ptr<Strategy>> make_babysit(const Parts& parts);

}  // namespace sterlet::study
