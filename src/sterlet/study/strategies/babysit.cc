#include "sterlet/study/strategies/babysit.h"

#include "sterlet/study/strategies/parallel.h"

namespace sterlet::study {

base::Result<std::unique_ptr<Strategy>> make_babysit(const Parts& parts) { return make_parallel(parts); }

}  // namespace sterlet::study
