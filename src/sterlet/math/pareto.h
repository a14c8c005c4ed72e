#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace sterlet::math {

/// Points of `width` objectives each, row after row, all to be minimised: no NaN, infinities allowed. A view: passed
/// down, never stored.
struct ObjectiveRows {
  std::span<const double> values;
  std::size_t width = 1;  ///< >= 1.

  std::size_t count() const { return values.size() / width; }
  std::span<const double> operator[](std::size_t row) const { return values.subspan(row * width, width); }
};

/// Nowhere worse and somewhere better.
bool dominates(std::span<const double> a, std::span<const double> b);

/// Rows that no other dominates, ascending; of equal rows all stay.
/// Cost O(n log n) for one or two objectives, O(n f m) for m of them with f rows on the front.
std::vector<std::size_t> pareto_front(const ObjectiveRows& points);

/// Each row's front: 0 for those that no other dominates, 1 for those that only front 0 dominates, and so on.
/// Cost O(n log n) for one or two objectives; more: O(n^2 m) at worst, all on one front, and usually far less.
/// Source Zhang, Tian, Cheng, Jin: An efficient approach to nondominated sorting, IEEE TEC 19, 2015 (ENS-BS).
std::vector<std::uint32_t> pareto_ranks(const ObjectiveRows& points);

/// For each row of `front` (indexes into `points`) the sum over the objectives of the gap between its two neighbours
/// there, divided by the front's range; infinite for the first and last of an objective. Equal values are ordered by
/// place in `front`; an objective whose range is 0 or infinite is passed over.
/// Cost O(f log f m). Source Deb, Pratap, Agarwal, Meyarivan: NSGA-II, IEEE TEC 6, 2002, section III-B.
std::vector<double> crowding_distances(const ObjectiveRows& points, std::span<const std::size_t> front);

}  // namespace sterlet::math
