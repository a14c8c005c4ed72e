#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace sterlet::cli {

/// Values as a row of blocks of eight heights, `low` the lowest and `high` the highest. More values than `width` are
/// averaged; NaN and infinities show as a cross.
std::string sparkline(std::span<const double> values, std::size_t width, double low, double high);

/// The lowest and the highest to draw: a few spikes, cut off at three times the range of the middle nine tenths, must
/// not make all else a flat line. What is not finite is left out; (0, 0) where nothing is left.
std::pair<double, double> sparkline_range(std::vector<double> values);

}  // namespace sterlet::cli
