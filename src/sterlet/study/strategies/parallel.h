#pragma once

#include <memory>

#include "sterlet/study/strategies/strategy.h"

namespace sterlet::study {

/// Many trials side by side, the best is kept (caviar, in Ng's words).
base::Result<std::unique_ptr<Strategy>> make_parallel(const Parts& parts);

}  // namespace sterlet::study
