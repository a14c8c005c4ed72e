#include "sterlet/cli/sparkline.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace sterlet::cli {

std::string sparkline(std::span<const double> values, std::size_t width, double low, double high) {
  constexpr std::array<const char*, 8> kBlocks = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const std::size_t columns = std::min(width, values.size());
  std::string line;
  for (std::size_t column = 0; column < columns; ++column) {
    const std::size_t begin = column * values.size() / columns, end = (column + 1) * values.size() / columns;
    double sum = 0;
    for (std::size_t i = begin; i < end; ++i) sum += values[i];
    const double mean = sum / static_cast<double>(end - begin);
    if (!std::isfinite(mean)) {
      line += "✕";
      continue;
    }
    const double share = high > low ? (mean - low) / (high - low) : 0.5;
    line += kBlocks[static_cast<std::size_t>(std::clamp(share * 8, 0.0, 7.0))];
  }
  return line;
}

std::pair<double, double> sparkline_range(std::vector<double> values) {
  std::erase_if(values, [](double value) { return !std::isfinite(value); });
  if (values.empty()) return {0, 0};
  std::sort(values.begin(), values.end());
  const auto last = static_cast<double>(values.size() - 1);
  const double low = values[static_cast<std::size_t>(0.05 * last)],
               high = values[static_cast<std::size_t>(0.95 * last)];
  if (!(high > low)) return {values.front(), values.back()};
  const double margin = 3 * (high - low);
  return {std::max(values.front(), low - margin), std::min(values.back(), high + margin)};
}

}  // namespace sterlet::cli
