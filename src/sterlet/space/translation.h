#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "sterlet/space/space.h"

namespace sterlet::space {

/// Where the points of a space lie in another that it was changed into: parameters are the same by name.
///
/// A value stands where the new parameter can have it; choices are the same by what they are, whatever their place. A
/// parameter that was added has its default, or without one is absent: NaN, as where it is not active. A point lies
/// outside where a value of it is out of the new range, a choice is gone, a parameter exists there no more, or a
/// constraint does not hold; also where a parameter was taken away whose value was not its default, which is what a
/// program goes on with that is not told the parameter any more.
///
/// Pure; thread-safe. Cost O(d) a point.
class Translation final {
 public:
  Translation(const Space& from, const Space& to);

  /// Nothing where it lies outside.
  std::optional<Point> operator()(const Point& point) const;
  /// Whether every point stays what it is.
  bool is_identity() const { return is_identity_; }

 private:
  std::optional<double> carried(std::size_t parameter, double raw) const;

  Space from_, to_;
  std::vector<std::optional<std::size_t>> sources_;  // One a parameter of `to_`: which one of `from_` it was.
  std::vector<bool> stays_;                          // One a dimension of `from_`: `to_` has it as well.
  std::vector<double> from_defaults_, to_defaults_;  // One a dimension; NaN: none.
  // One a parameter of `to_` with choices that had choices before: the new place of each; nothing: it is gone.
  std::vector<std::vector<std::optional<double>>> places_;
  bool is_identity_ = false;
};

}  // namespace sterlet::space
