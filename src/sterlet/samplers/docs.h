#pragma once

#include <string>

namespace sterlet::samplers {

/// docs/samplers.md: every row of the registry with its options, and the policy of `auto`.
std::string docs_page();

}  // namespace sterlet::samplers
