#pragma once

#include <span>
#include <string>

namespace sterlet::cli {

/// Values as a row of blocks of eight heights, `low` the lowest and `high` the highest. More values than `width` are
/// averaged; NaN and infinities show as a cross.
std::string sparkline(std::span<const double> values, std::size_t width, double low, double high);

}  // namespace sterlet::cli
