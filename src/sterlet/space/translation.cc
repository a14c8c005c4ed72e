#include "sterlet/space/translation.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sterlet::space {

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// The raw value that a scalar is for a parameter; nothing where it can have no such value.
std::optional<double> raw_of(const Scalar& scalar, const Parameter& parameter, const Axis& axis) {
  if (!is_numeric(parameter)) {
    const auto same = std::find_if(parameter.choices.begin(), parameter.choices.end(),
                                   [&](const Scalar& choice) { return same_choice(choice, scalar); });
    if (same == parameter.choices.end()) return std::nullopt;
    return static_cast<double>(same - parameter.choices.begin());
  }
  std::optional<double> number;
  if (const auto* integer = std::get_if<std::int64_t>(&scalar)) number = static_cast<double>(*integer);
  if (const auto* real = std::get_if<double>(&scalar)) number = *real;
  return number && axis.contains(*number) ? number : std::nullopt;
}

// What a program goes on with that is not told the value. Of a parameter with one value alone it is that one.
double default_of(const Space& space, std::size_t dimension) {
  const Dimension& place = space.dimensions()[dimension];
  const Parameter& parameter = space.parameters()[place.parameter];
  const Axis& axis = space.axis(dimension);
  const std::vector<Scalar>& values = parameter.defaults;
  if (values.empty()) return axis.level_count() == 1U ? axis.value(0.5) : kNone;
  if (values.size() > 1 && place.element >= values.size()) return kNone;
  return raw_of(values.size() == 1 ? values.front() : values[place.element], parameter, axis).value_or(kNone);
}

std::vector<double> defaults_of(const Space& space) {
  std::vector<double> defaults(space.dimensions().size());
  for (std::size_t i = 0; i < defaults.size(); ++i) defaults[i] = default_of(space, i);
  return defaults;
}

// Whether a point is in both what it is in one. What it is called, how it is drawn and its default say nothing of that.
bool is_same(const Space& a, const Space& b) {
  const auto plain = [](const Space& space) {
    std::vector<Parameter> parameters = space.parameters();
    for (Parameter& parameter : parameters) {
      parameter.defaults.clear();
      parameter.tier = 1;
      parameter.live = false;
    }
    return parameters;
  };
  return plain(a) == plain(b) &&
         std::equal(a.constraints().begin(), a.constraints().end(), b.constraints().begin(), b.constraints().end(),
                    [](const Expression& x, const Expression& y) { return x.text() == y.text(); });
}

}  // namespace

Translation::Translation(const Space& from, const Space& to)
    : from_(from),
      to_(to),
      stays_(from.dimensions().size(), false),
      from_defaults_(defaults_of(from)),
      to_defaults_(defaults_of(to)),
      places_(to.parameters().size()),
      is_identity_(is_same(from, to)) {
  for (std::size_t i = 0; i < to_.parameters().size(); ++i) {
    const Parameter& now = to_.parameters()[i];
    auto source = from_.find_parameter(now.name);
    if (source && from_.parameters()[*source].repeat.empty() != now.repeat.empty()) source.reset();
    sources_.push_back(source);
    if (!source) continue;
    const std::size_t kept = std::min(from_.element_counts_[*source], to_.element_counts_[i]);
    for (std::size_t e = 0; e < kept; ++e) stays_[from_.first_dimensions_[*source] + e] = true;
    for (const Scalar& choice : from_.parameters()[*source].choices) {
      places_[i].push_back(raw_of(choice, now, to_.axes_[i]));
    }
  }
}

// A value of the parameter's source.
std::optional<double> Translation::carried(std::size_t parameter, double raw) const {
  const Parameter& before = from_.parameters()[*sources_[parameter]];
  if (!is_numeric(before)) return places_[parameter][static_cast<std::size_t>(raw)];
  const Scalar scalar = before.kind == Kind::kInt ? Scalar(static_cast<std::int64_t>(raw)) : Scalar(raw);
  return raw_of(scalar, to_.parameters()[parameter], to_.axes_[parameter]);
}

std::optional<Point> Translation::operator()(const Point& point) const {
  if (is_identity_) return point;
  for (std::size_t i = 0; i < stays_.size(); ++i) {
    if (!stays_[i] && !std::isnan(point.values[i]) && point.values[i] != from_defaults_[i]) return std::nullopt;
  }
  Point moved{std::vector<double>(to_.dimensions().size(), kNone)};
  for (const std::size_t dimension : to_.evaluation_order()) {
    const Dimension& place = to_.dimensions()[dimension];
    const auto source = sources_[place.parameter];
    double before = kNone;
    if (source && place.element < from_.element_counts_[*source]) {
      before = point.values[from_.first_dimensions_[*source] + place.element];
    }
    const bool is_active = to_.is_active(dimension, moved);
    if (std::isnan(before)) {
      if (is_active) moved.values[dimension] = to_defaults_[dimension];
      continue;
    }
    const auto value = carried(place.parameter, before);
    if (!is_active || !value) return std::nullopt;
    moved.values[dimension] = *value;
  }
  if (!to_.satisfies_constraints(moved)) return std::nullopt;
  return moved;
}

}  // namespace sterlet::space
