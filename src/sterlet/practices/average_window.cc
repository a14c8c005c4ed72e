#include <cmath>

#include <fmt/format.h>

#include "sterlet/practices/checks.h"

namespace sterlet::practices {

namespace {

constexpr int kStepsMax = 100000;

// Really averages: values that are 0 for ever and then 1. How many of them the average is made from is how many it
// takes until the old ones are forgotten to 1/e.
int window(const Parts& parts, double beta) {
  double average = 0;
  for (int step = 1; step <= kStepsMax; ++step) {
    average = parts.average_step(beta, average, 1.0);
    if (1 - average <= std::exp(-1.0)) return step;
  }
  return kStepsMax;
}

}  // namespace

// The two steps are equally long on a linear scale; on reverse_log they differ as their windows do: by ln 2 in
// ln(1 / 0.0001) against 0.005.
Finding average_window(const Parts& parts) {
  const int at_900 = window(parts, 0.9), at_9005 = window(parts, 0.9005);
  const int at_999 = window(parts, 0.999), at_9995 = window(parts, 0.9995);
  const space::Parameter beta{.name = "beta", .low = 0.9, .high = 0.9999, .scale = space::Scale::kReverseLog};
  const auto length = [&](double from, double to) { return parts.unit_of(beta, to) - parts.unit_of(beta, from); };
  const double small = length(0.9, 0.9005), large = length(0.999, 0.9995);
  return {.holds = at_900 == 10 && at_9005 == 10 && at_999 == 1000 && at_9995 == 2000 && small < 0.001 &&
                   std::abs(large - 0.1003) < 0.001,
          .figure = fmt::format("{} to {}, {} to {}; on reverse_log {:.1f}% and {:.1f}% of the range", at_900, at_9005,
                                at_999, at_9995, 100 * small, 100 * large),
          .numbers = {{"window_0.9", at_900},
                      {"window_0.9005", at_9005},
                      {"window_0.999", at_999},
                      {"window_0.9995", at_9995},
                      {"reverse_log_0.9_to_0.9005", small},
                      {"reverse_log_0.999_to_0.9995", large}}};
}

}  // namespace sterlet::practices
