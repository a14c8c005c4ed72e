#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/space/parameter_check.h"
#include "sterlet/space/space.h"

namespace sterlet::space {

namespace {

constexpr std::size_t kDimensionsMax = 10000;
constexpr std::size_t kRepeatMax = 1000;
constexpr int kFeasibilityDrawsMax = 20000;

}  // namespace

/// Checks one declared space step by step, collecting every fault, and fills a Space.
class SpaceBuilder final {
 public:
  SpaceBuilder(std::vector<Parameter> parameters, const std::vector<std::string>& constraints)
      : constraint_texts_(constraints) {
    space_.parameters_ = std::move(parameters);
  }

  base::Result<Space, std::vector<Fault>> build() {
    for (std::size_t i = 0; i < space_.parameters_.size(); ++i) check_parameter(i);
    if (!faults_.empty()) return base::fail(faults_);
    for (const Parameter& parameter : space_.parameters_) space_.axes_.emplace_back(parameter);
    parse_conditions();
    if (!faults_.empty()) return base::fail(faults_);
    lay_out_dimensions();
    for (std::size_t i = 0; i < space_.parameters_.size(); ++i) check_defaults(i);
    parse_constraints();
    if (!faults_.empty()) return base::fail(faults_);
    find_witness();
    if (!faults_.empty()) return base::fail(faults_);
    return std::move(space_);
  }

 private:
  void fault(const std::string& parameter, const std::string& key, std::string what, std::string next) {
    faults_.push_back(fault_of(parameter, key, std::move(what), std::move(next)));
  }

  void check_parameter(std::size_t index) {
    const Parameter& parameter = space_.parameters_[index];
    for (std::size_t earlier = 0; earlier < index; ++earlier) {
      if (space_.parameters_[earlier].name != parameter.name) continue;
      fault(parameter.name, "", "this parameter is declared twice", "keep one of the two");
      break;
    }
    check_declaration(parameter, faults_);
  }

  void parse_conditions() {
    const auto& parameters = space_.parameters_;
    space_.conditions_.resize(parameters.size());
    space_.repeat_counts_.resize(parameters.size());
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      if (!parameters[i].when.empty()) parse_condition(i);
      if (!parameters[i].repeat.empty()) find_repeat_count(i);
    }
    if (faults_.empty()) order_parameters();
  }

  void parse_condition(std::size_t index) {
    const Parameter& parameter = space_.parameters_[index];
    auto condition = Expression::parse(parameter.when, space_.parameters_);
    if (!condition) {
      fault(parameter.name, "when", condition.error().what, condition.error().next);
      return;
    }
    if (std::count(condition->uses().begin(), condition->uses().end(), index) > 0) {
      fault(parameter.name, "when", fmt::format("{} cannot depend on itself", parameter.name),
            "name the parameter that decides whether it exists");
      return;
    }
    space_.conditions_[index] = std::move(*condition);
  }

  void find_repeat_count(std::size_t index) {
    const Parameter& parameter = space_.parameters_[index];
    const auto count = space_.find_parameter(parameter.repeat);
    if (!count) {
      std::vector<std::string> names;
      for (const Parameter& other : space_.parameters_) {
        if (other.kind == Kind::kInt && other.name != parameter.name) names.push_back(other.name);
      }
      fault(parameter.name, "repeat", fmt::format("unknown parameter '{}'", base::printable(parameter.repeat)),
            base::suggest_name(parameter.repeat, names));
      return;
    }
    const Parameter& counter = space_.parameters_[*count];
    if (counter.kind != Kind::kInt || *count == index || !counter.repeat.empty()) {
      fault(parameter.name, "repeat",
            fmt::format("repeat needs an int parameter that says how many ('{}' is {})", counter.name,
                        *count == index              ? "itself"
                        : counter.kind != Kind::kInt ? fmt::format("of type {}", text_of(counter.kind))
                                                     : "repeated"),
            "declare one, as in layers: {type: int, low: 1, high: 4}");
    } else if (counter.low < 0 || counter.high > static_cast<double>(kRepeatMax)) {
      fault(parameter.name, "repeat",
            fmt::format("'{}' counts from {} to {}, but repeat goes from 0 to {}", counter.name,
                        base::number_text(counter.low), base::number_text(counter.high), kRepeatMax),
            "narrow its range");
    } else {
      space_.repeat_counts_[index] = count;
    }
  }

  std::vector<std::size_t> dependencies_of(std::size_t index) const {
    std::vector<std::size_t> list;
    if (space_.conditions_[index]) list = space_.conditions_[index]->uses();
    if (space_.repeat_counts_[index]) list.push_back(*space_.repeat_counts_[index]);
    return list;
  }

  // Parents before children, in the order of declaration otherwise; what is left over lies on a cycle.
  void order_parameters() {
    const std::size_t count = space_.parameters_.size();
    std::vector<std::vector<std::size_t>> children(count);
    std::vector<std::size_t> waiting_for(count);
    for (std::size_t i = 0; i < count; ++i) {
      for (const std::size_t parent : dependencies_of(i)) {
        children[parent].push_back(i);
        ++waiting_for[i];
      }
    }
    std::set<std::size_t> ready;
    for (std::size_t i = 0; i < count; ++i) {
      if (waiting_for[i] == 0) ready.insert(i);
    }
    while (!ready.empty()) {
      const std::size_t next = *ready.begin();
      ready.erase(ready.begin());
      parameter_order_.push_back(next);
      for (const std::size_t child : children[next]) {
        if (--waiting_for[child] == 0) ready.insert(child);
      }
    }
    if (parameter_order_.size() < count) report_cycle(waiting_for);
  }

  void report_cycle(const std::vector<std::size_t>& waiting_for) {
    std::size_t at = 0;
    while (waiting_for[at] == 0) ++at;
    std::vector<std::size_t> path;
    while (std::count(path.begin(), path.end(), at) == 0) {
      path.push_back(at);
      for (const std::size_t parent : dependencies_of(at)) {
        if (waiting_for[parent] > 0) {
          at = parent;
          break;
        }
      }
    }
    path.erase(path.begin(), std::find(path.begin(), path.end(), at));
    // Told from the parameter declared first, so that the sentence does not depend on where the walk began.
    std::rotate(path.begin(), std::min_element(path.begin(), path.end()), path.end());
    std::string names = space_.parameters_[path.front()].name;
    for (std::size_t i = 1; i < path.size(); ++i) names += " needs " + space_.parameters_[path[i]].name;
    names += " needs " + space_.parameters_[path.front()].name;
    const Parameter& first = space_.parameters_[path.front()];
    fault(first.name, space_.conditions_[path.front()] ? "when" : "repeat",
          fmt::format("the conditions go round in a circle: {}", names), "remove one of them");
  }

  void lay_out_dimensions() {
    const auto& parameters = space_.parameters_;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      std::size_t elements = 1;
      if (space_.repeat_counts_[i]) elements = static_cast<std::size_t>(parameters[*space_.repeat_counts_[i]].high);
      space_.first_dimensions_.push_back(space_.dimensions_.size());
      space_.element_counts_.push_back(elements);
      for (std::size_t element = 0; element < elements; ++element) space_.dimensions_.push_back({i, element});
      if (space_.dimensions_.size() > kDimensionsMax) {
        fault(parameters[i].name, "", fmt::format("the space has more than {} dimensions", kDimensionsMax),
              "remove parameters or repeat fewer times");
        return;
      }
    }
    for (const std::size_t parameter : parameter_order_) {
      for (std::size_t element = 0; element < space_.element_counts_[parameter]; ++element) {
        space_.order_.push_back(space_.first_dimensions_[parameter] + element);
      }
    }
  }

  void check_defaults(std::size_t index) {
    const Parameter& parameter = space_.parameters_[index];
    if (parameter.defaults.size() > 1 && parameter.repeat.empty()) {
      fault(parameter.name, "default", "a list as default is for repeated parameters", "give one value");
      return;
    }
    for (const Scalar& value : parameter.defaults) {
      if (is_valid_default(parameter, value)) continue;
      std::string range = is_numeric(parameter) ? fmt::format("from {} to {}", base::number_text(parameter.low),
                                                              base::number_text(parameter.high))
                                                : std::string("one of its choices");
      if (parameter.step) range += fmt::format(" in steps of {}", base::number_text(*parameter.step));
      fault(parameter.name, "default",
            fmt::format("the default must be {} (found {})", range, base::printable(text_of(value))),
            "change it or the range");
      return;
    }
  }

  bool is_valid_default(const Parameter& parameter, const Scalar& value) const {
    if (!is_numeric(parameter)) {
      return std::any_of(parameter.choices.begin(), parameter.choices.end(),
                         [&](const Scalar& choice) { return same_choice(choice, value); });
    }
    double number = 0;
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
      number = static_cast<double>(*integer);
    } else if (const auto* real = std::get_if<double>(&value)) {
      number = *real;
    } else {
      return false;
    }
    const auto index = static_cast<std::size_t>(&parameter - space_.parameters_.data());
    return space_.axes_[index].contains(number);
  }

  void parse_constraints() {
    for (std::size_t i = 0; i < constraint_texts_.size(); ++i) {
      auto constraint = Expression::parse(constraint_texts_[i], space_.parameters_);
      if (constraint) {
        space_.constraints_.push_back(std::move(*constraint));
        continue;
      }
      base::Error error = constraint.error();
      faults_.push_back({.parameter = {}, .constraint = i, .key = {}, .error = error});
    }
  }

  void find_witness() {
    if (space_.constraints_.empty()) return;
    base::RandomStream stream({.seed = 0, .trial = 0, .stream = base::Stream::kWitness});
    for (int i = 0; i < kFeasibilityDrawsMax; ++i) {
      Point point = space_.draw_once(stream);
      if (space_.satisfies_constraints(point)) {
        space_.witness_ = std::move(point);
        return;
      }
    }
    if (auto defaults = space_.defaults()) {
      space_.witness_ = std::move(defaults);
      return;
    }
    faults_.push_back({.parameter = {},
                       .constraint = 0,
                       .key = {},
                       .error = {.code = base::ErrorCode::kInvalidArgument,
                                 .where = {},
                                 .what = fmt::format("no configuration among {} random ones satisfies the constraints",
                                                     kFeasibilityDrawsMax),
                                 .next = "loosen them, or give defaults that satisfy them"}});
  }

  Space space_;
  const std::vector<std::string>& constraint_texts_;
  std::vector<std::size_t> parameter_order_;
  std::vector<Fault> faults_;
};

base::Result<Space, std::vector<Fault>> Space::make(std::vector<Parameter> parameters,
                                                    const std::vector<std::string>& constraints) {
  return SpaceBuilder(std::move(parameters), constraints).build();
}

}  // namespace sterlet::space
