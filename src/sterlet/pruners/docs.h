#pragma once

#include <string>

namespace sterlet::pruners {

/// docs/pruners.md: every row of the registry with its options.
std::string docs_page();

}  // namespace sterlet::pruners
