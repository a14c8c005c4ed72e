#include "sterlet/study/expectation.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <tuple>
#include <vector>

#include "sterlet/analysis/likely_best.h"

namespace sterlet::study {

namespace {

constexpr double kAbsent = 0.5;         // An ordered coordinate that is not active: in its middle.
constexpr double kAbsentChoice = -1.0;  // A choice that is not active: a choice of its own.
// Of very many results the lowest, which may be lucky, and others evenly: enough to know how rough the space is.
constexpr std::size_t kRowsMax = 2000, kLowest = 100;

bool is_lower(const Measured& a, const Measured& b) { return std::tie(a.value, a.trial) < std::tie(b.value, b.trial); }

// By trial before and after.
void thin(std::vector<Measured>& rows) {
  if (rows.size() <= kRowsMax) return;
  std::vector<Measured> lowest = rows;
  std::nth_element(lowest.begin(), lowest.begin() + kLowest, lowest.end(), is_lower);
  const Measured bound = lowest[kLowest];
  const std::size_t others = rows.size() - kLowest, kept = kRowsMax - kLowest;
  std::size_t seen = 0, taken = 0, size = 0;
  for (const Measured& row : rows) {
    bool is_kept = is_lower(row, bound);
    if (!is_kept) {
      is_kept = taken < kept && seen == taken * others / kept;
      taken += is_kept ? 1 : 0;
      ++seen;
    }
    if (is_kept) rows[size++] = row;
  }
  rows.resize(size);
  rows.shrink_to_fit();
}

}  // namespace

std::optional<Expectation> expect_of(std::vector<Measured> measured, const Trials& trials, const space::Space& space) {
  thin(measured);
  analysis::ProcessInput input;
  for (const Measured& one : measured) input.results.push_back(one.value);
  for (std::size_t dimension = 0; dimension < space.dimensions().size(); ++dimension) {
    const space::Axis& axis = space.axis(dimension);
    std::vector<double> column;
    column.reserve(measured.size());
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
  const auto luckiest = std::min_element(measured.begin(), measured.end(), is_lower);
  return Expectation{.trial = measured[found->index].trial,
                     .value = found->expected,
                     .luckiest = luckiest->trial,
                     .of_luckiest = found->expected_of_lowest,
                     .noise = found->noise};
}

}  // namespace sterlet::study
