#include "sterlet/study/expectation.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "sterlet/analysis/likely_best.h"

namespace sterlet::study {

namespace {

constexpr double kAbsent = 0.5;         // An ordered coordinate that is not active: in its middle.
constexpr double kAbsentChoice = -1.0;  // A choice that is not active: a choice of its own.

}  // namespace

std::optional<Expectation> expect_of(std::span<const Measured> measured, const Trials& trials,
                                     const space::Space& space) {
  analysis::ProcessInput input;
  for (const Measured& one : measured) input.results.push_back(one.value);
  for (std::size_t dimension = 0; dimension < space.dimensions().size(); ++dimension) {
    const space::Axis& axis = space.axis(dimension);
    std::vector<double> column;
    for (const Measured& one : measured) {
      const double value = trials.point(one.trial).values[dimension];
      if (std::isnan(value)) {
        column.push_back(axis.ordered() ? kAbsent : kAbsentChoice);
      } else {
        column.push_back(axis.ordered() ? axis.unit(value) : value);
      }
    }
    const bool is_constant = std::adjacent_find(column.begin(), column.end(), std::not_equal_to<>()) == column.end();
    if (!is_constant) (axis.ordered() ? input.ordered : input.unordered).push_back(std::move(column));
  }
  const auto found = analysis::find_likely_best(input);
  if (!found) return std::nullopt;
  const auto luckiest = std::min_element(measured.begin(), measured.end(),
                                         [](const Measured& a, const Measured& b) { return a.value < b.value; });
  return Expectation{.trial = measured[found->index].trial,
                     .value = found->expected,
                     .luckiest = luckiest->trial,
                     .of_luckiest = found->expected_of_lowest,
                     .noise = found->noise};
}

}  // namespace sterlet::study
