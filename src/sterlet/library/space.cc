#include "sterlet/space.hpp"

#include <utility>

#include "sterlet/library/convert.h"
#include "sterlet/library/guard.h"

namespace sterlet {

namespace {

space::Scalar inner(const Scalar& scalar) { return scalar; }

std::vector<space::Scalar> inner(const std::vector<Scalar>& scalars) {
  std::vector<space::Scalar> all;
  for (const Scalar& scalar : scalars) all.push_back(inner(scalar));
  return all;
}

space::Scale inner(Scale scale) {
  switch (scale) {
    case Scale::kLinear:
      return space::Scale::kLinear;
    case Scale::kLog:
      return space::Scale::kLog;
    case Scale::kReverseLog:
      return space::Scale::kReverseLog;
  }
  return space::Scale::kLinear;
}

space::Parameter parameter_of(std::string name, space::Kind kind, ParameterOptions options) {
  return {.name = std::move(name),
          .kind = kind,
          .step = options.step,
          .when = std::move(options.when),
          .repeat = std::move(options.repeat),
          .zero = options.zero,
          .defaults = inner(options.defaults)};
}

}  // namespace

Space::Space() = default;
Space::Space(const Space& other) : parts_(other.parts_ ? std::make_unique<Parts>(*other.parts_) : nullptr) {}
Space::Space(Space&& other) noexcept = default;
Space& Space::operator=(const Space& other) {
  if (this != &other) parts_ = other.parts_ ? std::make_unique<Parts>(*other.parts_) : nullptr;
  return *this;
}
Space& Space::operator=(Space&& other) noexcept = default;
Space::~Space() = default;

Space& Space::add_float(std::string name, double low, double high, Scale scale, ParameterOptions options) {
  space::Parameter parameter = parameter_of(std::move(name), space::Kind::kFloat, std::move(options));
  parameter.low = low;
  parameter.high = high;
  parameter.scale = inner(scale);
  return SpaceDoor::add(*this, std::move(parameter));
}

Space& Space::add_int(std::string name, std::int64_t low, std::int64_t high, Scale scale, ParameterOptions options) {
  space::Parameter parameter = parameter_of(std::move(name), space::Kind::kInt, std::move(options));
  parameter.low = static_cast<double>(low);
  parameter.high = static_cast<double>(high);
  parameter.scale = inner(scale);
  return SpaceDoor::add(*this, std::move(parameter));
}

Space& Space::add_choice(std::string name, std::vector<Scalar> choices, ParameterOptions options) {
  space::Parameter parameter = parameter_of(std::move(name), space::Kind::kCategorical, std::move(options));
  parameter.choices = inner(choices);
  return SpaceDoor::add(*this, std::move(parameter));
}

Space& Space::add_ordinal(std::string name, std::vector<Scalar> choices, ParameterOptions options) {
  space::Parameter parameter = parameter_of(std::move(name), space::Kind::kOrdinal, std::move(options));
  parameter.choices = inner(choices);
  return SpaceDoor::add(*this, std::move(parameter));
}

Space& Space::add_constraint(std::string expression) {
  if (!parts_) parts_ = std::make_unique<Parts>();
  parts_->constraints.push_back(std::move(expression));
  return *this;
}

std::size_t Space::size() const noexcept { return parts_ ? parts_->parameters.size() : 0; }

std::vector<Error> Space::faults() const {
  std::vector<Error> faults;
  const auto listed = library::guarded([&]() -> base::Result<void> {
    if (size() == 0) {
      STERLET_PASS(library::checked_space(*this));
      return {};
    }
    const auto made = space::Space::make(parts_->parameters, parts_->constraints);
    if (made) return {};
    for (const space::Fault& fault : made.error()) faults.push_back(library::public_error(library::fault_error(fault)));
    return {};
  });
  if (!listed) faults.push_back(listed.error());
  return faults;
}

}  // namespace sterlet
