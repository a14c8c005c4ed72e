#pragma once

#include <string>

namespace sterlet::samplers {

/// docs/samplers.md: every row of the registry with its options, and the policy of `auto`.
std::string samplers_page();

}  // namespace sterlet::samplers
