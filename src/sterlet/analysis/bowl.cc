#include "sterlet/analysis/bowl.h"

#include <algorithm>
#include <cmath>

#include "sterlet/analysis/square_matrix.h"
#include "sterlet/math/dense.h"

namespace sterlet::analysis {

namespace {

constexpr double kBeyond = 0.4, kStep = 0.025;  // In ranges.
constexpr std::size_t kSteps = 72;              // From -kBeyond to 1 + kBeyond.
constexpr std::size_t kGrid = 40;               // Of the range itself.
constexpr double kLevelVariance = 9;            // Before the results; the bowl's own is 1.
constexpr double kSpreadMin = 1e-6;
constexpr double kAtEnd = 0.055;  // So near is at the end: within two steps.

// What is true of all shapes: 0 at their place, and rising away from it.
struct Shape {
  enum class Kind { kPower, kPlateau, kLogarithm, kTrough, kExponential };
  Kind kind;
  double extent;   // The power, or how soon it turns.
  double steeper;  // On its high side, in the square root; on its low side the inverse.

  double operator()(double off) const {
    const double side = off > 0 ? steeper : 1 / steeper;
    return side * even(off);
  }

 private:
  double even(double off) const {
    const double squared = off * off;
    switch (kind) {
      case Kind::kPower:
        return std::pow(std::fabs(off), extent);
      case Kind::kPlateau:
        return squared / (extent + squared);
      case Kind::kLogarithm:
        return std::log1p(squared / extent);
      case Kind::kTrough:
        return squared + squared * squared / extent;
      case Kind::kExponential:
        return std::exp(extent * off) - extent * off - 1;
    }
    return squared;
  }
};

std::vector<Shape> shapes() {
  using Kind = Shape::Kind;
  std::vector<Shape> out;
  for (const double steeper : {0.5, 1.0, 2.0}) {
    for (const double power : {1.0, 1.25, 1.5, 2.0, 2.5, 3.0}) out.push_back({Kind::kPower, power, steeper});
    for (const double turn : {0.02, 0.08, 0.3, 1.0}) out.push_back({Kind::kPlateau, turn, steeper});
    for (const double turn : {0.05, 0.2}) out.push_back({Kind::kLogarithm, turn, steeper});
    out.push_back({Kind::kTrough, 0.25, steeper});
  }
  for (const double rate : {-4.0, -2.0, 2.0, 4.0}) out.push_back({Kind::kExponential, rate, 1});
  return out;
}

// What is multiplied by the inverse of a covariance's factor is white.
class White final {
 public:
  White(const std::vector<double>& covariance, const std::vector<double>& results) : n_(results.size()), factor_(n_) {
    for (std::size_t a = 0; a < n_; ++a) {
      for (std::size_t b = a; b < n_; ++b) factor_.at(a, b) = covariance[a * n_ + b];
    }
    is_positive_ = math::factor(factor_.values.data(), factor_.stride, 0, n_, n_, 0) == n_;
    if (!is_positive_) return;
    results_ = white(results);
    ones_ = white(std::vector<double>(n_, 1.0));
    ones_squared_ = dot(ones_, ones_) + 1 / kLevelVariance;
    ones_by_results_ = dot(ones_, results_);
    log_likelihood_ = -0.5 * dot(results_, results_);
    for (std::size_t a = 0; a < n_; ++a) log_likelihood_ -= std::log(factor_.at(a, a));
  }

  bool is_positive() const { return is_positive_; }
  // ln p(results), but for a constant.
  double log_likelihood() const { return log_likelihood_; }

  // How much more that is with a level and that shape in any height above 0.
  double log_gain(const std::vector<double>& shape) const {
    const std::vector<double> own = white(shape);
    const double with_ones = dot(ones_, own), squared = dot(own, own) + 1, by_results = dot(own, results_);
    const double determinant = ones_squared_ * squared - with_ones * with_ones;
    const double fit = squared * ones_by_results_ * ones_by_results_ - 2 * with_ones * ones_by_results_ * by_results +
                       ones_squared_ * by_results * by_results;
    const double height = (ones_squared_ * by_results - with_ones * ones_by_results_) / determinant;
    const double above = std::erfc(-height / std::sqrt(2 * ones_squared_ / determinant));
    return 0.5 * (fit / determinant - std::log(determinant * kLevelVariance)) + std::log(std::max(above, 1e-300));
  }

 private:
  std::vector<double> white(std::vector<double> column) const {
    column.resize(factor_.stride, 0.0);
    math::solve_forward(factor_.values.data(), factor_.stride, n_, column.data());
    return column;
  }
  double dot(const std::vector<double>& a, const std::vector<double>& b) const {
    return math::dot(a.data(), b.data(), n_);
  }

  std::size_t n_;
  SquareMatrix factor_;
  std::vector<double> results_, ones_;
  double ones_squared_ = 0, ones_by_results_ = 0, log_likelihood_ = 0;
  bool is_positive_ = false;
};

// A shape at its places, one of them at a time: standardised over the range.
class PlacedShape final {
 public:
  explicit PlacedShape(const Shape& shape) : shape_(shape), sums_(1, 0.0), squares_(1, 0.0) {
    for (std::size_t i = 0; i <= kGrid + kSteps; ++i) {
      const double value = shape(1 + kBeyond - kStep * static_cast<double>(i));
      sums_.push_back(sums_.back() + value);
      squares_.push_back(squares_.back() + value * value);
    }
  }

  std::vector<double> at_rows(std::size_t step, const std::vector<double>& rows) const {
    const double mean = (sums_[step + kGrid + 1] - sums_[step]) / (kGrid + 1);
    const double square = (squares_[step + kGrid + 1] - squares_[step]) / (kGrid + 1);
    const double spread = std::max(std::sqrt(std::max(square - mean * mean, 0.0)), kSpreadMin);
    std::vector<double> out;
    for (const double row : rows) out.push_back((shape_(row - place_at(step)) - mean) / spread);
    return out;
  }

  static double place_at(std::size_t step) { return kStep * static_cast<double>(step) - kBeyond; }

 private:
  Shape shape_;
  std::vector<double> sums_,
      squares_;  // Of it from the high end of the range down, its place at the first step, and on.
};

}  // namespace

double Bowl::at_end(bool is_high) const {
  const double range = (places.back() - places.front()) / (1 + 2 * kBeyond);
  const double first = places.front() + kBeyond * range, last = first + range;
  double sum = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const bool is_there = is_high ? places[i] > last - kAtEnd * range : places[i] < first + kAtEnd * range;
    if (is_there) sum += mass[i];
  }
  return sum;
}

std::optional<Bowl> fit_bowl(const ResponseModel& model, std::size_t column, const std::vector<double>& values,
                             double first, double last) {
  const White whole(model.covariance(std::nullopt), model.results()), rest(model.covariance(column), model.results());
  if (!whole.is_positive() || !rest.is_positive()) return std::nullopt;
  std::vector<double> rows, gains;
  for (const double value : values) rows.push_back((value - first) / (last - first));
  std::vector<PlacedShape> all;
  for (const Shape& shape : shapes()) all.emplace_back(shape);
  Bowl out;
  for (std::size_t i = 0; i <= kSteps; ++i) {
    out.places.push_back(first + (last - first) * PlacedShape::place_at(i));
    for (const PlacedShape& shape : all) gains.push_back(rest.log_gain(shape.at_rows(i, rows)));
  }
  const double most = *std::max_element(gains.begin(), gains.end());
  double sum = 0;
  for (std::size_t i = 0; i <= kSteps; ++i) {
    double mass = 0;
    for (std::size_t k = 0; k < all.size(); ++k) mass += std::exp(gains[i * all.size() + k] - most);
    out.mass.push_back(mass);
    sum += mass;
  }
  for (double& mass : out.mass) mass /= sum;
  out.log_evidence = model.log_evidence() + rest.log_likelihood() - whole.log_likelihood() + most +
                     std::log(sum / static_cast<double>(gains.size()));
  return out;
}

}  // namespace sterlet::analysis
