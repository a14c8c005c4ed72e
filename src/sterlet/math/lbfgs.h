#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace sterlet::math {

/// Minimises a smooth function in a box, one evaluation at a time: ask for a point, tell its value and gradient. So
/// many minimisations can run in step, their points evaluated together.
///
/// Limited memory BFGS, directions projected on the box (a coordinate at a bound that the gradient pushes outwards is
/// held), backtracking by parabola until the value has fallen enough (Armijo, 1e-4).
/// Shapes    all spans have the length of `start`; `scale` > 0 is how far each coordinate may sensibly go at first.
///           `tolerance`: two steps in a row that gain less than that, relative to 1 + |value|, end it.
/// Edges     a value that is NaN or infinite counts as too far: the step is shortened.
/// Cost      O(10 d) a step, beside the function's own.
/// Source    Nocedal, Wright: Numerical Optimization, 2006, algorithm 7.4.
class Lbfgs final {
 public:
  Lbfgs(std::vector<double> start, std::vector<double> low, std::vector<double> high, std::vector<double> scale,
        double tolerance = 1e-9);

  /// Where the value is wanted. Within the box.
  std::span<const double> point() const { return trial_; }
  void tell(double value, std::span<const double> gradient);
  /// Nothing more to gain (or no way found to gain it).
  bool done() const { return done_; }

  std::span<const double> best() const { return x_; }
  double best_value() const { return value_; }  ///< Infinite until a finite value was told.

 private:
  void choose_direction();
  void step_to_trial();

  static constexpr std::size_t kMemory = 8;
  // One of the latest steps, 0 the oldest kept: how the point and the gradient changed.
  std::span<double> move(std::size_t k) { return {moves_.data() + slot(k) * x_.size(), x_.size()}; }
  std::span<double> change(std::size_t k) { return {changes_.data() + slot(k) * x_.size(), x_.size()}; }
  std::size_t slot(std::size_t k) const { return (oldest_ + k) % kMemory; }

  std::vector<double> low_, high_, scale_;
  std::vector<double> x_, gradient_, trial_, direction_, free_gradient_;
  double tolerance_, value_, slope_ = 0, step_ = 1;
  int shortened_ = 0, flat_ = 0;
  bool started_ = false, done_ = false;
  std::vector<double> moves_, changes_;       // Room for kMemory of each.
  std::array<double, kMemory> curvatures_{};  // Of each, the product of the two.
  std::size_t oldest_ = 0, kept_ = 0;
};

}  // namespace sterlet::math
