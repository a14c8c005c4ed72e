#include "sterlet/space/space.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "sterlet/base/text.h"

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

base::Json Space::to_json(const Point& point) const {
  base::Json json = base::Json::object();
  // To its end at once: the names differ, so that none needs to be looked for.
  base::Json::object_t::Container& members = json.get_ref<base::Json::object_t&>();
  members.reserve(parameters_.size());
  const auto value_of = [&](const Parameter& parameter, double value) -> base::Json {
    if (parameter.kind == Kind::kInt) return static_cast<std::int64_t>(value);
    if (parameter.kind == Kind::kFloat) return value;
    return json_from_scalar(parameter.choices[static_cast<std::size_t>(value)]);
  };
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const Parameter& parameter = parameters_[i];
    const double* first = point.values.data() + first_dimensions_[i];
    if (parameter.repeat.empty()) {
      if (!std::isnan(*first)) members.emplace_back(parameter.name, value_of(parameter, *first));
      continue;
    }
    if (element_counts_[i] == 0 || std::isnan(*first)) continue;
    base::Json list = base::Json::array();
    for (std::size_t e = 0; e < element_counts_[i] && !std::isnan(first[e]); ++e) {
      list.push_back(value_of(parameter, first[e]));
    }
    members.emplace_back(parameter.name, std::move(list));
  }
  return json;
}

base::Result<void> Space::assign(Point& point, std::size_t parameter, const base::Json& value) const {
  using base::ErrorCode;
  const Parameter& declared = parameters_[parameter];
  const auto refuse = [&](const base::Json& found) {
    std::string allowed;
    if (is_numeric(declared)) {
      allowed = fmt::format("{} from {} to {}", declared.kind == Kind::kInt ? "a whole number" : "a number",
                            base::number_text(declared.low), base::number_text(declared.high));
      if (declared.step) allowed += fmt::format(" in steps of {}", base::number_text(*declared.step));
      if (declared.zero > 0) allowed += ", or 0";
    } else {
      std::vector<std::string> choices;
      for (const Scalar& choice : declared.choices) choices.push_back(space::text_of(choice));
      allowed = fmt::format("one of {}", fmt::join(choices, ", "));
    }
    return base::fail(ErrorCode::kInvalidArgument,
                      fmt::format("{} cannot be {}", declared.name, base::json_line(found)),
                      fmt::format("it is {}", allowed));
  };
  const auto read_one = [&](const base::Json& found) -> std::optional<double> {
    const auto scalar = scalar_from_json(found);
    if (!scalar) return std::nullopt;
    if (!is_numeric(declared)) {
      for (std::size_t i = 0; i < declared.choices.size(); ++i) {
        if (same_choice(declared.choices[i], *scalar)) return static_cast<double>(i);
      }
      return std::nullopt;
    }
    if (!found.is_number()) return std::nullopt;
    const double number = found.get<double>();
    if (!axes_[parameter].contains(number)) return std::nullopt;
    return number;
  };
  double* first = point.values.data() + first_dimensions_[parameter];
  if (declared.repeat.empty()) {
    const auto number = read_one(value);
    if (!number) return refuse(value);
    *first = *number;
    return {};
  }
  if (!value.is_array() || value.size() > element_counts_[parameter]) {
    return base::fail(ErrorCode::kInvalidArgument,
                      fmt::format("{} cannot be {}", declared.name, base::json_line(value)),
                      fmt::format("it is a list of up to {}, one for each of {}",
                                  base::count_text(element_counts_[parameter], "value"), declared.repeat));
  }
  for (std::size_t e = 0; e < value.size(); ++e) {
    const auto number = read_one(value[e]);
    if (!number) return refuse(value[e]);
    first[e] = *number;
  }
  return {};
}

namespace {

base::Result<void> check_is_object(const base::Json& params) {
  if (params.is_object()) return {};
  return base::fail(
      base::ErrorCode::kInvalidArgument,
      fmt::format("parameters must be an object of names and values (found {})", base::json_line(params).substr(0, 60)),
      "write them as {\"learning_rate\": 0.01}");
}

}  // namespace

base::Result<void> Space::check_partial(const base::Json& partial) const {
  STERLET_PASS(check_is_object(partial));
  Point ignored{std::vector<double>(dimensions_.size(), kInactive)};
  for (const auto& [name, value] : partial.items()) {
    const auto parameter = find_parameter(name);
    if (!parameter) {
      std::vector<std::string> names;
      for (const Parameter& declared : parameters_) names.push_back(declared.name);
      return base::fail(base::ErrorCode::kInvalidArgument, fmt::format("unknown parameter '{}'", base::printable(name)),
                        base::suggest_name(name, names));
    }
    STERLET_PASS(assign(ignored, *parameter, value));
  }
  return {};
}

base::Result<Point> Space::from_json(const base::Json& params) const {
  using base::ErrorCode;
  STERLET_PASS(check_partial(params));
  Point point{std::vector<double>(dimensions_.size(), kInactive)};
  for (const auto& [name, value] : params.items()) STERLET_PASS(assign(point, *find_parameter(name), value));
  for (const std::size_t dimension : order_) {
    const bool present = !std::isnan(point.values[dimension]);
    const bool active = is_active(dimension, point);
    if (present == active) continue;
    const Parameter& parameter = parameters_[dimensions_[dimension].parameter];
    if (active) {
      return base::fail(ErrorCode::kInvalidArgument, fmt::format("{} is missing", dimension_name(dimension)),
                        "give every parameter whose condition holds");
    }
    return base::fail(ErrorCode::kInvalidArgument,
                      fmt::format("{} does not exist here{}", dimension_name(dimension),
                                  parameter.when.empty() ? std::string() : fmt::format(" (when: {})", parameter.when)),
                      "leave it out");
  }
  for (const Expression& constraint : constraints_) {
    if (evaluate(constraint, point, true)) continue;
    return base::fail(
        ErrorCode::kInvalidArgument,
        fmt::format("the constraint '{}' does not hold for {}", constraint.text(), base::json_line(params)),
        "change a value that it names");
  }
  return point;
}

base::Result<Point> Space::complete(const base::Json& partial, const Point& otherwise, base::StreamKey key) const {
  STERLET_PASS(check_partial(partial));
  Point fixed{std::vector<double>(dimensions_.size(), kInactive)};
  for (const auto& [name, value] : partial.items()) STERLET_PASS(assign(fixed, *find_parameter(name), value));
  key.stream = base::Stream::kComplete;
  base::RandomStream stream(key);
  std::string broken;
  for (int attempt = 0; attempt < kDrawsMax; ++attempt) {
    Point point{std::vector<double>(dimensions_.size(), kInactive)};
    for (const std::size_t dimension : order_) {
      const double drawn = stream.uniform();
      if (!is_active(dimension, point)) continue;
      double value = fixed.values[dimension];
      if (std::isnan(value) && attempt == 0) value = otherwise.values[dimension];
      if (std::isnan(value)) value = axis(dimension).value(drawn);
      point.values[dimension] = value;
    }
    for (std::size_t i = 0; i < fixed.values.size(); ++i) {
      if (!std::isnan(fixed.values[i]) && std::isnan(point.values[i])) {
        broken = fmt::format("{} does not exist with the values given", dimension_name(i));
      }
    }
    if (broken.empty() && satisfies_constraints(point)) return point;
    if (!broken.empty() && attempt > 100) break;
    if (attempt + 1 < kDrawsMax) broken.clear();
  }
  return base::fail(base::ErrorCode::kInvalidArgument,
                    broken.empty()
                        ? fmt::format("no configuration with {} satisfies the constraints", base::json_line(partial))
                        : broken,
                    "change the values given");
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

std::string Space::text_of(const Point& point) {
  fmt::memory_buffer buffer;
  for (std::size_t i = 0; i < point.values.size(); ++i) {
    if (i > 0) buffer.push_back(',');
    if (!std::isnan(point.values[i])) fmt::format_to(fmt::appender(buffer), "{}", point.values[i]);
  }
  return fmt::to_string(buffer);
}

std::optional<Point> Space::from_text(std::string_view text) const {
  Point point;
  point.values.reserve(dimensions_.size());
  while (point.values.size() < dimensions_.size()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view part = text.substr(0, comma);
    double value = kInactive;
    if (!part.empty()) {
      const auto number = base::parse_number(part);
      if (!number || !axis(point.values.size()).contains(*number)) return std::nullopt;
      value = *number;
    }
    point.values.push_back(value);
    const bool last = comma == text.size();
    if (last != (point.values.size() == dimensions_.size())) return std::nullopt;
    text.remove_prefix(last ? comma : comma + 1);
  }
  if (!text.empty()) return std::nullopt;
  return point;
}

}  // namespace sterlet::space
