#include "sterlet/math/hypervolume.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <queue>

namespace sterlet::math {

namespace {

// Rows that one function owns and others fill and sort.
struct Table {
  std::size_t width = 1;
  std::vector<double> values;

  ObjectiveRows rows() const { return {.values = values, .width = width}; }
  void push(std::span<const double> row) { values.insert(values.end(), row.begin(), row.end()); }
};

double box(std::span<const double> row, std::span<const double> reference) {
  double volume = 1;
  for (std::size_t i = 0; i < reference.size(); ++i) volume *= reference[i] - row[i];
  return volume;
}

bool is_below(std::span<const double> row, std::span<const double> reference) {
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (!(row[i] < reference[i])) return false;
  }
  return true;
}

// The front of two objectives, first objective rising and second falling, and the area above it.
class Staircase {
 public:
  explicit Staircase(std::span<const double> reference) : reference_x_(reference[0]), reference_y_(reference[1]) {}

  double area() const { return area_; }

  void insert(double x, double y) {
    auto right = std::upper_bound(steps_.begin(), steps_.end(), x, [](double a, const Step& b) { return a < b.x; });
    double top = reference_y_;
    if (right != steps_.begin()) {
      if (std::prev(right)->y <= y) return;
      top = std::prev(right)->y;
    }
    const auto first = right != steps_.begin() && std::prev(right)->x == x ? std::prev(right) : right;
    double left = x;
    for (; right != steps_.end() && right->y >= y; ++right) {
      area_ += (right->x - left) * (top - y);
      left = right->x;
      top = right->y;
    }
    area_ += ((right == steps_.end() ? reference_x_ : right->x) - left) * (top - y);
    if (first == right) {
      steps_.insert(right, {x, y});
    } else {
      *first = {x, y};
      steps_.erase(first + 1, right);
    }
  }

 private:
  struct Step {
    double x = 0, y = 0;
  };
  double reference_x_, reference_y_;
  double area_ = 0;
  std::vector<Step> steps_;
};

// From here on all rows lie below the reference point.

double sweep_volume(const Table& table, std::span<const double> reference) {
  const ObjectiveRows rows = table.rows();
  Staircase staircase(reference);
  if (table.width == 2) {
    for (std::size_t i = 0; i < rows.count(); ++i) staircase.insert(rows[i][0], rows[i][1]);
    return staircase.area();
  }
  std::vector<std::array<double, 3>> order;
  for (std::size_t i = 0; i < rows.count(); ++i) order.push_back({rows[i][0], rows[i][1], rows[i][2]});
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a[2] < b[2]; });
  double volume = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    staircase.insert(order[i][0], order[i][1]);
    volume += staircase.area() * ((i + 1 < order.size() ? order[i + 1][2] : reference[2]) - order[i][2]);
  }
  return volume;
}

double volume_of(const Table& table, std::span<const double> reference);

// The first `width` objectives of what rows [from, end) cover within the box of `row`.
Table limited(const ObjectiveRows& rows, std::size_t from, std::span<const double> row, std::size_t width) {
  Table limits{.width = width};
  limits.values.reserve((rows.count() - from) * width);
  for (std::size_t j = from; j < rows.count(); ++j) {
    for (std::size_t i = 0; i < width; ++i) limits.values.push_back(std::max(rows[j][i], row[i]));
  }
  return limits;
}

// Slices by the last objective, its worst row first: what the rows after it cover within a row's box reaches as far in
// that objective as the row's own, so that one objective less decides.
double sliced_volume(const Table& table, std::span<const double> reference) {
  const ObjectiveRows all = table.rows();
  const std::size_t last = table.width - 1;
  std::vector<std::size_t> front = pareto_front(all);
  std::stable_sort(front.begin(), front.end(),
                   [&](std::size_t a, std::size_t b) { return all[a][last] > all[b][last]; });
  Table sorted{.width = table.width};
  sorted.values.reserve(front.size() * table.width);
  for (const std::size_t row : front) sorted.push(all[row]);
  const ObjectiveRows rows = sorted.rows();
  const std::span<const double> lower = reference.first(last);
  double volume = 0;
  for (std::size_t i = 0; i < rows.count(); ++i) {
    const double exclusive = box(rows[i], lower) - volume_of(limited(rows, i + 1, rows[i], last), lower);
    volume += exclusive * (reference[last] - rows[i][last]);
  }
  return volume;
}

double volume_of(const Table& table, std::span<const double> reference) {
  const ObjectiveRows rows = table.rows();
  if (rows.count() == 0) return 0;
  if (rows.count() == 1) return box(rows[0], reference);
  if (table.width == 1) return reference[0] - *std::min_element(table.values.begin(), table.values.end());
  return table.width <= 3 ? sweep_volume(table, reference) : sliced_volume(table, reference);
}

// What `row` adds to the volume of the rows of `others`.
double gain_of(std::span<const double> row, const Table& others, std::span<const double> reference) {
  return std::max(0.0, box(row, reference) - volume_of(limited(others.rows(), 0, row, others.width), reference));
}

// Between its neighbours on the front each row owns a rectangle, less what dominated rows cover of it; of equal rows
// one stands in the other's way.
std::vector<double> planar_contributions(const ObjectiveRows& points, std::span<const double> reference) {
  std::vector<double> contributions(points.count(), 0.0);
  std::vector<std::size_t> order;
  for (std::size_t row = 0; row < points.count(); ++row) {
    if (is_below(points[row], reference)) order.push_back(row);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return points[a][0] < points[b][0] || (points[a][0] == points[b][0] && points[a][1] < points[b][1]);
  });
  // Rows up to the next row of the front are dominated by this one, and by no other where they lie in its rectangle.
  double top = reference[1];
  for (std::size_t i = 0; i < order.size();) {
    const std::span<const double> point = points[order[i]];
    std::size_t next = i + 1;
    while (next < order.size() && points[order[next]][1] >= point[1]) ++next;
    const double right = next < order.size() ? points[order[next]][0] : reference[0];
    const std::array<double, 2> corner{right, top};
    Staircase covered(corner);
    for (std::size_t j = i + 1; j < next; ++j) {
      if (is_below(points[order[j]], corner)) covered.insert(points[order[j]][0], points[order[j]][1]);
    }
    contributions[order[i]] = std::max(0.0, (right - point[0]) * (top - point[1]) - covered.area());
    top = point[1];
    i = next;
  }
  return contributions;
}

// Slices by the third objective, from each row's own up: what the rows met so far leave of its rectangle, until that is
// nothing. One order serves all rows.
std::vector<double> solid_contributions(const ObjectiveRows& points, std::span<const double> reference) {
  std::vector<double> contributions(points.count(), 0.0);
  std::vector<std::size_t> order;
  for (std::size_t row = 0; row < points.count(); ++row) {
    if (is_below(points[row], reference)) order.push_back(row);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return points[a][2] < points[b][2]; });
  const std::span<const double> plane = reference.first(2);
  for (const std::size_t row : pareto_front(points)) {
    const std::span<const double> point = points[row];
    if (!is_below(point, reference)) continue;
    const double whole = box(point.first(2), plane);
    Staircase covered(plane);
    double volume = 0, from = point[2];
    for (const std::size_t other : order) {
      if (other == row) continue;
      const std::span<const double> next = points[other];
      if (next[2] > from) {
        volume += (whole - covered.area()) * (next[2] - from);
        from = next[2];
      }
      covered.insert(std::max(next[0], point[0]), std::max(next[1], point[1]));
      if (covered.area() >= whole) break;
    }
    contributions[row] = std::max(0.0, volume + std::max(0.0, whole - covered.area()) * (reference[2] - from));
  }
  return contributions;
}

}  // namespace

double hypervolume(const ObjectiveRows& points, std::span<const double> reference) {
  Table below{.width = points.width};
  for (std::size_t row = 0; row < points.count(); ++row) {
    if (is_below(points[row], reference)) below.push(points[row]);
  }
  return volume_of(below, reference);
}

std::vector<double> hypervolume_contributions(const ObjectiveRows& points, std::span<const double> reference) {
  if (points.width == 2) return planar_contributions(points, reference);
  if (points.width == 3) return solid_contributions(points, reference);
  std::vector<double> contributions(points.count(), 0.0);
  for (const std::size_t row : pareto_front(points)) {
    if (!is_below(points[row], reference)) continue;
    Table others{.width = points.width};
    for (std::size_t other = 0; other < points.count(); ++other) {
      if (other != row && is_below(points[other], reference)) others.push(points[other]);
    }
    contributions[row] = gain_of(points[row], others, reference);
  }
  return contributions;
}

std::vector<std::size_t> hypervolume_subset(const ObjectiveRows& points, std::span<const double> reference,
                                            std::size_t count) {
  struct Gain {
    double gain = 0;
    std::size_t row = 0;
    std::size_t chosen = 0;  // How many were chosen when this gain was computed.
    bool operator<(const Gain& other) const { return gain < other.gain || (gain == other.gain && row > other.row); }
  };
  std::priority_queue<Gain> gains;
  for (std::size_t row = 0; row < points.count(); ++row) {
    gains.push({.gain = is_below(points[row], reference) ? box(points[row], reference) : 0.0, .row = row});
  }
  Table chosen{.width = points.width};
  std::vector<std::size_t> rows;
  while (rows.size() < count && !gains.empty()) {
    Gain best = gains.top();
    gains.pop();
    if (best.chosen < rows.size() && best.gain > 0) {
      gains.push({.gain = gain_of(points[best.row], chosen, reference), .row = best.row, .chosen = rows.size()});
      continue;
    }
    rows.push_back(best.row);
    if (best.gain > 0) chosen.push(points[best.row]);
  }
  return rows;
}

std::vector<double> default_reference(const ObjectiveRows& points) {
  std::vector<double> worst, best;
  for (const std::size_t row : pareto_front(points)) {
    const std::span<const double> point = points[row];
    if (!std::all_of(point.begin(), point.end(), [](double value) { return std::isfinite(value); })) continue;
    if (worst.empty()) {
      worst.assign(point.begin(), point.end());
      best = worst;
    }
    for (std::size_t i = 0; i < points.width; ++i) {
      worst[i] = std::max(worst[i], point[i]);
      best[i] = std::min(best[i], point[i]);
    }
  }
  std::vector<double> reference(points.width, 0.1);
  for (std::size_t i = 0; i < worst.size(); ++i) {
    double size = worst[i] - best[i];
    if (size == 0) size = std::fabs(worst[i]);
    reference[i] = worst[i] + 0.1 * (size == 0 ? 1 : size);
  }
  return reference;
}

}  // namespace sterlet::math
