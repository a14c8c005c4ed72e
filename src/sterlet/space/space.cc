#include "sterlet/space/space.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace sterlet::space {

namespace {

constexpr double kInactive = std::numeric_limits<double>::quiet_NaN();
constexpr int kDrawsMax = 10000;   // Whole points drawn before the walk from a known good point is taken.
constexpr int kWalkRounds = 8;     // Sweeps over all coordinates on that walk.
constexpr int kWalkDrawsMax = 16;  // Draws of one coordinate in one sweep.

}  // namespace

bool Point::operator==(const Point& other) const {
  return std::equal(values.begin(), values.end(), other.values.begin(), other.values.end(),
                    [](double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); });
}

std::optional<std::size_t> Space::find_parameter(std::string_view name) const {
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    if (parameters_[i].name == name) return i;
  }
  return std::nullopt;
}

std::string Space::dimension_name(std::size_t dimension) const {
  const Dimension& place = dimensions_[dimension];
  const Parameter& parameter = parameters_[place.parameter];
  return parameter.repeat.empty() ? parameter.name : fmt::format("{}[{}]", parameter.name, place.element);
}

std::span<const double> Space::raw_values(std::size_t parameter, const Point& point) const {
  const std::span<const double> all(point.values.data() + first_dimensions_[parameter], element_counts_[parameter]);
  const auto end = std::find_if(all.begin(), all.end(), [](double value) { return std::isnan(value); });
  return all.first(static_cast<std::size_t>(end - all.begin()));
}

bool Space::evaluate(const Expression& expression, const Point& point, bool when_absent) const {
  return expression.evaluate([&](std::size_t parameter) { return raw_values(parameter, point); }).value_or(when_absent);
}

// Looks only at dimensions that come earlier in the evaluation order.
bool Space::is_active(std::size_t dimension, const Point& point) const {
  const Dimension& place = dimensions_[dimension];
  if (const auto& count = repeat_counts_[place.parameter]) {
    const double repeats = point.values[first_dimensions_[*count]];
    if (!(static_cast<double>(place.element) < repeats)) return false;
  }
  const auto& condition = conditions_[place.parameter];
  return !condition || evaluate(*condition, point, false);
}

Point Space::from_unit(std::span<const double> unit) const {
  STERLET_CHECK(unit.size() == dimensions_.size(), "a point of the cube has one number a dimension");
  Point point{std::vector<double>(dimensions_.size(), kInactive)};
  for (const std::size_t dimension : order_) {
    if (is_active(dimension, point)) point.values[dimension] = axis(dimension).value(unit[dimension]);
  }
  return point;
}

std::vector<double> Space::to_unit(const Point& point) const {
  std::vector<double> unit(dimensions_.size(), kInactive);
  for (std::size_t i = 0; i < unit.size(); ++i) {
    if (!std::isnan(point.values[i])) unit[i] = axis(i).unit(point.values[i]);
  }
  return unit;
}

bool Space::satisfies_constraints(const Point& point) const {
  return std::all_of(constraints_.begin(), constraints_.end(),
                     [&](const Expression& constraint) { return evaluate(constraint, point, true); });
}

Point Space::draw_once(base::RandomStream& stream) const {
  // Every dimension draws, active or not, so that one branch's draws never shift another's.
  std::vector<double> unit(dimensions_.size());
  for (double& coordinate : unit) coordinate = stream.uniform();
  return from_unit(unit);
}

Point Space::draw(base::StreamKey key) const {
  key.stream = base::Stream::kSpace;
  base::RandomStream stream(key);
  Point point = draw_once(stream);
  if (constraints_.empty()) return point;
  for (int i = 1; i < kDrawsMax && !satisfies_constraints(point); ++i) point = draw_once(stream);
  return satisfies_constraints(point) ? point : walk_from(*witness_, stream);
}

Point Space::walk_from(const Point& start, base::RandomStream& stream) const {
  std::vector<double> unit(dimensions_.size());
  const std::vector<double> start_unit = to_unit(start);
  for (std::size_t i = 0; i < unit.size(); ++i) unit[i] = std::isnan(start_unit[i]) ? stream.uniform() : start_unit[i];
  Point best = start;
  for (int round = 0; round < kWalkRounds; ++round) {
    for (double& coordinate : unit) {
      const double kept = coordinate;
      for (int i = 0; i < kWalkDrawsMax; ++i) {
        coordinate = stream.uniform();
        Point moved = from_unit(unit);
        if (satisfies_constraints(moved)) {
          best = std::move(moved);
          break;
        }
        coordinate = kept;
      }
    }
  }
  return best;
}

Point Space::repair(const Point& point, base::StreamKey key) const {
  if (satisfies_constraints(point)) return point;
  key.stream = base::Stream::kComplete;
  base::RandomStream stream(key);
  // Pull towards a known good point until the constraints hold: as much of the wish is kept as they allow.
  std::vector<double> wish = to_unit(point), good = to_unit(*witness_);
  for (int quarter = 1; quarter <= 3; ++quarter) {
    std::vector<double> mixed(wish.size());
    for (std::size_t i = 0; i < mixed.size(); ++i) {
      const double a = std::isnan(wish[i]) ? good[i] : wish[i], b = std::isnan(good[i]) ? a : good[i];
      mixed[i] = std::isnan(a) ? stream.uniform() : a + (b - a) * quarter / 4.0;
    }
    Point candidate = from_unit(mixed);
    if (satisfies_constraints(candidate)) return candidate;
  }
  return walk_from(*witness_, stream);
}

std::optional<Point> Space::defaults() const {
  Point point{std::vector<double>(dimensions_.size(), kInactive)};
  for (const std::size_t dimension : order_) {
    if (!is_active(dimension, point)) continue;
    const Dimension& place = dimensions_[dimension];
    const std::vector<Scalar>& values = parameters_[place.parameter].defaults;
    if (values.empty() || (values.size() > 1 && place.element >= values.size())) return std::nullopt;
    const Scalar& value = values.size() == 1 ? values.front() : values[place.element];
    Point one{std::vector<double>(dimensions_.size(), kInactive)};
    base::Json json = json_from_scalar(value);
    if (!parameters_[place.parameter].repeat.empty()) json = base::Json::array({json});
    if (!assign(one, place.parameter, json)) return std::nullopt;
    point.values[dimension] = one.values[first_dimensions_[place.parameter]];
  }
  if (!satisfies_constraints(point)) return std::nullopt;
  return point;
}

std::uint64_t Space::level_count(std::size_t dimension, std::uint64_t continuous_levels) const {
  return axis(dimension).level_count().value_or(continuous_levels);
}

double Space::count_at_most(std::uint64_t continuous_levels) const {
  double count = 1;
  for (std::size_t i = 0; i < dimensions_.size(); ++i) {
    const std::uint64_t levels = level_count(i, continuous_levels);
    if (levels == 0) return std::numeric_limits<double>::infinity();
    count *= static_cast<double>(levels);
  }
  return count;
}

std::optional<std::vector<Point>> Space::enumerate(std::uint64_t continuous_levels, std::uint64_t limit) const {
  constexpr std::uint64_t kVisitsMax = 20000000;  // Bounds the work where constraints leave almost nothing.
  std::vector<Point> points;
  std::uint64_t visits = 0;
  Point point{std::vector<double>(dimensions_.size(), kInactive)};
  const std::function<bool(std::size_t)> visit = [&](std::size_t depth) -> bool {
    if (++visits > kVisitsMax) return false;
    if (depth == order_.size()) {
      if (satisfies_constraints(point)) points.push_back(point);
      return points.size() <= limit;
    }
    const std::size_t dimension = order_[depth];
    point.values[dimension] = kInactive;
    if (!is_active(dimension, point)) return visit(depth + 1);
    const std::uint64_t levels = level_count(dimension, continuous_levels);
    if (levels == 0) return false;
    const bool discrete = axis(dimension).level_count().has_value();
    bool complete = true;
    double previous = 0;
    for (std::uint64_t k = 0; complete && k < levels; ++k) {
      const double u = levels == 1 ? 0.5 : static_cast<double>(k) / static_cast<double>(levels - 1);
      const double value = discrete && levels > 1 ? axis(dimension).level(k) : axis(dimension).value(u);
      if (k > 0 && value == previous) continue;  // A share of zeros, or low == high, gives one value several times.
      previous = point.values[dimension] = value;
      complete = visit(depth + 1);
    }
    for (std::size_t later = depth; later < order_.size(); ++later) point.values[order_[later]] = kInactive;
    return complete;
  };
  if (!visit(0)) return std::nullopt;
  return points;
}

}  // namespace sterlet::space
