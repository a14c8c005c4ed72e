// A point as JSON, as it is stored and shown, and as text of a few bytes.
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/space/space.h"

namespace sterlet::space {

namespace {

constexpr double kInactive = std::numeric_limits<double>::quiet_NaN();
constexpr int kDrawsMax = 10000;  // Points drawn to complete one of which some values are given.

base::Result<void> check_is_object(const base::Json& params) {
  if (params.is_object()) return {};
  return base::fail(
      base::ErrorCode::kInvalidArgument,
      fmt::format("parameters must be an object of names and values (found {})", base::json_line(params).substr(0, 60)),
      "write them as {\"learning_rate\": 0.01}");
}

}  // namespace

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
