#pragma once

#include <memory>

#include "sterlet/pruners/pruner.h"

namespace sterlet::pruners {

/// Lets every trial run to its end.
std::unique_ptr<Pruner> make_none();

}  // namespace sterlet::pruners
