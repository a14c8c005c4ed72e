#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"
#include "sterlet/base/rng.h"
#include "sterlet/space/axis.h"
#include "sterlet/space/expression.h"
#include "sterlet/space/parameter.h"

namespace sterlet::space {

/// A configuration: one raw value a dimension (the number of a float or int, the index of a choice), NaN where the
/// dimension is not active.
struct Point {
  std::vector<double> values;
  /// Equal dimension by dimension; inactive equals inactive.
  bool operator==(const Point& other) const;
};

/// One coordinate of the unit cube, which it keeps for ever, active or not: element `element` of parameter `parameter`.
struct Dimension {
  std::size_t parameter = 0;
  std::size_t element = 0;
};

/// What is wrong with a declared space: which parameter (or constraint, by index), which key of it, and the sentence.
struct Fault {
  std::string parameter;                  ///< Empty for a constraint.
  std::optional<std::size_t> constraint;  ///< Index into the constraints.
  std::string key;  ///< low, high, scale, step, choices, when, repeat, zero, default, tier; or empty.
  base::Error error;
};

/// A search space: parameters, conditions and constraints, checked, and its bijection with the unit cube.
///
/// d is the number of dimensions (a repeated parameter has one for each element it can have).
/// Thread-safety: immutable once made.
class Space final {
 public:
  /// Checks and builds. On failure all faults found, in the order of declaration; constraints that no draw of 20,000
  /// satisfies are a fault too.
  static base::Result<Space, std::vector<Fault>> make(std::vector<Parameter> parameters,
                                                      const std::vector<std::string>& constraints);

  const std::vector<Parameter>& parameters() const { return parameters_; }
  const std::vector<Dimension>& dimensions() const { return dimensions_; }
  const std::vector<Expression>& constraints() const { return constraints_; }
  const Axis& axis(std::size_t dimension) const { return axes_[dimensions_[dimension].parameter]; }
  std::optional<std::size_t> find_parameter(std::string_view name) const;
  /// First dimension of a parameter; its elements follow.
  std::size_t first_dimension(std::size_t parameter) const { return first_dimensions_[parameter]; }
  /// Dimensions in an order in which every one comes after those that decide whether it is active.
  const std::vector<std::size_t>& evaluation_order() const { return order_; }
  /// "learning_rate", "units[1]".
  std::string dimension_name(std::size_t dimension) const;

  /// The configuration at a point of the unit cube (d numbers; clamped to [0, 1]). Conditions decide what is active;
  /// constraints are not looked at. Cost O(d).
  Point from_unit(std::span<const double> unit) const;
  /// Its inverse: NaN where inactive.
  std::vector<double> to_unit(const Point& point) const;
  bool satisfies_constraints(const Point& point) const;

  /// A point drawn uniformly, each value on its own scale, from the part that satisfies the constraints.
  /// Total: where 10,000 draws break a constraint, a known good point is changed coordinate by coordinate instead.
  Point draw(base::StreamKey key) const;
  /// The nearest thing to `point` that satisfies the constraints, for samplers whose own draws keep failing.
  Point repair(const Point& point, base::StreamKey key) const;

  /// {"learning_rate": 0.01, "units": [64, 80]}: active parameters only, in the order of declaration.
  base::Json to_json(const Point& point) const;
  /// Reads it back. Errors: kInvalidArgument for an unknown name, a value that is not in the parameter's range, a
  /// missing active or a present inactive parameter, a broken constraint.
  base::Result<Point> from_json(const base::Json& params) const;
  /// For a partial configuration: the given values fixed, `otherwise` (a whole point) giving the rest; parameters that
  /// become active are drawn from `key`. Errors as from_json, without "missing".
  base::Result<Point> complete(const base::Json& partial, const Point& otherwise, base::StreamKey key) const;
  /// Checks a partial configuration without completing it.
  base::Result<void> check_partial(const base::Json& partial) const;

  /// The defaults as a point; nothing unless every parameter that is active there has one, and constraints hold.
  std::optional<Point> defaults() const;
  /// All different configurations that satisfy the constraints, in the order of their levels (the dimension evaluated
  /// last runs fastest). A continuous dimension gives `continuous_levels` values, equally spaced on its scale with both
  /// ends. Nothing if there is a continuous dimension and `continuous_levels` is 0, if more than `limit` would come, or
  /// if finding them takes more than 20,000,000 visits.
  std::optional<std::vector<Point>> enumerate(std::uint64_t continuous_levels, std::uint64_t limit) const;
  /// How many configurations there would be if no condition or constraint left any out; infinite if continuous.
  double count_at_most(std::uint64_t continuous_levels) const;

  /// Compact text of a point for storage, values by comma with 17 digits, inactive ones empty: "0.01,2,,0.9".
  static std::string text_of(const Point& point);
  std::optional<Point> from_text(std::string_view text) const;

 private:
  Space() = default;
  friend class SpaceBuilder;
  friend class Translation;
  bool is_active(std::size_t dimension, const Point& point) const;
  std::span<const double> raw_values(std::size_t parameter, const Point& point) const;  // Those that are active.
  bool evaluate(const Expression& expression, const Point& point, bool when_absent) const;
  Point draw_once(base::RandomStream& stream) const;
  std::uint64_t level_count(std::size_t dimension, std::uint64_t continuous_levels) const;
  Point walk_from(const Point& start, base::RandomStream& stream) const;
  base::Result<void> assign(Point& point, std::size_t parameter, const base::Json& value) const;

  std::vector<Parameter> parameters_;
  std::vector<Axis> axes_;  // One a parameter.
  std::vector<Dimension> dimensions_;
  std::vector<std::size_t> first_dimensions_;  // One a parameter.
  std::vector<std::size_t> element_counts_;    // One a parameter: 1, or the largest repeat count.
  std::vector<std::size_t> order_;
  std::vector<std::optional<Expression>> conditions_;      // One a parameter.
  std::vector<std::optional<std::size_t>> repeat_counts_;  // One a parameter: the counting parameter.
  std::vector<Expression> constraints_;
  std::optional<Point> witness_;  // Satisfies the constraints; none if there are none.
};

}  // namespace sterlet::space
