#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sterlet::report {

/// The learning curves of a page, taken point by point. However many come, some 300,000 are held and 40,000 written.
///
/// Up to 40,000 points all are written. Above, each curve keeps evenly spaced points and its ends; where that would
/// leave it fewer than 8, curves are left out at even distances instead, those of the best trials never.
class Curves final {
 public:
  /// The points that follow are of this row.
  void begin(std::size_t row, bool is_best);
  /// Of more than 40 metrics those that come first count. A NaN is a gap in the curve.
  void add(std::string_view metric, double step, double value);

  /// Ends them, and writes {"steps":[[...], ...], "metrics":[{"name", "reported", "rows", "steps", "values"}]}: equal
  /// lists of steps are written once and named by their index.
  void write(std::string& out);
  /// Whether some points were left out; after write().
  bool is_thinned() const { return is_thinned_; }

 private:
  struct Point {
    double step = 0;
    double value = 0;
  };
  struct Curve {
    std::size_t row = 0;
    std::size_t index = 0;  // Among the curves of its metric.
    bool is_best = false;
    std::size_t every = 1;  // Of so many points that come the first is held,
    std::size_t came = 0;
    Point last;  // and the last in any case.
    bool is_last_held = true;
    std::vector<Point> points;
  };
  struct Metric {
    std::string name;
    std::size_t reported = 0;  // Curves that came.
    std::size_t stride = 1;    // Every so many-th of them is held.
    std::vector<Curve> curves;
    bool is_current_held = false;
    std::size_t current_row = SIZE_MAX;
  };

  Curve* current(Metric& metric);
  void shrink();
  bool halve();
  void drop_every_other();
  static void thin_all(std::vector<Curve>& curves, std::size_t points_max);

  std::vector<Metric> metrics_;
  std::map<std::string, std::size_t, std::less<>> index_;
  std::size_t row_ = 0;
  bool is_best_ = false;
  std::size_t came_ = 0;  // Points.
  std::size_t held_ = 0;
  bool is_thinned_ = false;
};

}  // namespace sterlet::report
