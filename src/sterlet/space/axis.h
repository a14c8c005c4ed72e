#pragma once

#include <cstdint>
#include <optional>

#include "sterlet/space/parameter.h"

namespace sterlet::space {

/// One coordinate of the unit cube: the bijection between a parameter's values and [0, 1].
///
/// With t the scale's own coordinate (x, ln x, or -ln(1 - x)), a continuous value has u = (t(x) - t(low)) / (t(high) -
/// t(low)), so that a uniform u is uniform on the scale, both bounds included. A discrete value k owns a cell: from x_k
/// - step/2 to x_k + step/2 on the raw axis, measured on the scale, so that its share is exactly its cell's; where an
/// outermost edge would leave the scale (log of <= 0), the inner half of that cell is mirrored on the scale. Choices
/// own equal cells. With `zero` = z, u in [0, z) is the value 0 and [z, 1] the scale.
///
/// Values are raw numbers: the number itself for float and int, the index of the choice otherwise.
/// Edges     low == high or one choice: every u gives that value, and its u is 0.5.
/// Cost      O(1).
class Axis final {
 public:
  /// `parameter` must have passed Space::make's checks.
  explicit Axis(const Parameter& parameter);

  /// The value at u; u is clamped to [0, 1].
  double value(double u) const;
  /// The u of a value that contains() accepts; value(unit(x)) == x exactly if discrete, within rounding if continuous.
  double unit(double value) const;
  /// Whether the value is one that value() can give (for a continuous axis: lies within the bounds).
  bool contains(double value) const;
  /// How many different values there are; nothing for a continuous axis.
  std::optional<std::uint64_t> level_count() const;
  /// Value of level k in [0, level_count()).
  double level(std::uint64_t k) const;
  /// Where on [0, 1] the cell of level k begins; cell_begin(level_count()) is 1. Discrete axes only.
  double cell_begin(std::uint64_t k) const;
  /// Whether the order of values means something: false for categorical alone.
  bool ordered() const { return kind_ != Kind::kCategorical; }

 private:
  double to_scale(double value) const;
  double from_scale(double position) const;
  std::uint64_t level_index(double value) const;

  Kind kind_;
  Scale scale_;
  double low_ = 0, high_ = 0;   // Of values; high_ is the last level if discrete.
  double step_ = 0;             // 0: continuous.
  std::uint64_t levels_ = 0;    // 0: continuous.
  double begin_ = 0, end_ = 0;  // On the scale: of the whole range, cells included.
  double zero_ = 0;
  int decimals_ = 0;  // To which level values are rounded, those of low and step.
};

}  // namespace sterlet::space
