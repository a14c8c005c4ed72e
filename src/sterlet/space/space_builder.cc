#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/space/space.h"

namespace sterlet::space {

namespace {

constexpr double kIntegerMax = 1e12;  // Beyond it a log scale no longer tells neighbours apart.
constexpr std::size_t kDimensionsMax = 10000;
constexpr std::size_t kRepeatMax = 1000;
constexpr std::size_t kNameLengthMax = 200;
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
    faults_.push_back({.parameter = parameter,
                       .constraint = std::nullopt,
                       .key = key,
                       .error = {.code = base::ErrorCode::kInvalidArgument,
                                 .where = {},
                                 .what = std::move(what),
                                 .next = std::move(next)}});
  }

  void check_parameter(std::size_t index) {
    const Parameter& parameter = space_.parameters_[index];
    check_name(index);
    if (is_numeric(parameter)) {
      check_range(parameter);
    } else {
      check_choices(parameter);
    }
    if (parameter.tier < 1 || parameter.tier > 4) {
      fault(parameter.name, "tier", fmt::format("a tier is 1, 2, 3 or 4 (found {})", parameter.tier),
            "1 is tuned first, 4 left at its default");
    }
  }

  void check_name(std::size_t index) {
    const std::string& name = space_.parameters_[index].name;
    const bool begins = !name.empty() && (std::isalpha(static_cast<unsigned char>(name[0])) != 0 || name[0] == '_');
    const bool clean = std::all_of(name.begin(), name.end(), [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-';
    });
    if (!begins || !clean || name.size() > kNameLengthMax) {
      fault(name, "", fmt::format("'{}' cannot be a parameter's name", base::printable(name.substr(0, 60))),
            fmt::format("use a letter, then letters, digits, '_', '.' or '-', at most {}", kNameLengthMax));
    }
    for (std::size_t earlier = 0; earlier < index; ++earlier) {
      if (space_.parameters_[earlier].name == name) {
        fault(name, "", "this parameter is declared twice", "keep one of the two");
        return;
      }
    }
  }

  void check_range(const Parameter& parameter) {
    using base::number_text;
    const bool is_int = parameter.kind == Kind::kInt;
    const double low = parameter.low, high = parameter.high;
    for (const auto& [key, bound] : {std::pair{"low", low}, std::pair{"high", high}}) {
      if (!std::isfinite(bound)) {
        fault(parameter.name, key, fmt::format("{} must be a finite number (found {})", key, number_text(bound)),
              "give the bound that you would search up to");
        return;
      }
      if (is_int && bound != std::floor(bound)) {
        fault(parameter.name, key,
              fmt::format("{} of an int must be a whole number (found {})", key, number_text(bound)),
              "round it, or use type: float");
        return;
      }
      if (is_int && std::fabs(bound) > kIntegerMax) {
        fault(parameter.name, key, fmt::format("{} of an int is at most 1e12 (found {})", key, number_text(bound)),
              "use type: float");
        return;
      }
    }
    if (low > high) {
      fault(parameter.name, "low",
            fmt::format("low must be below high (found {} and {})", number_text(low), number_text(high)), "swap them");
      return;
    }
    if (!std::isfinite(high - low)) {
      fault(
          parameter.name, "low",
          fmt::format("the range is wider than a number can say (found {} to {})", number_text(low), number_text(high)),
          "give the bounds that make sense");
      return;
    }
    if (!check_scale(parameter)) return;
    if (parameter.step) check_step(parameter);
    if (parameter.zero != 0 && (!(parameter.zero > 0) || !(parameter.zero < 1))) {
      fault(parameter.name, "zero",
            fmt::format("zero is a share of draws, from 0 to below 1 (found {})", number_text(parameter.zero)),
            "try zero: 0.1");
    } else if (parameter.zero != 0 && (is_int || parameter.scale != Scale::kLog)) {
      fault(parameter.name, "zero", "zero is for floats on a log scale, which cannot reach 0 otherwise",
            "remove it and let low be 0, or set scale: log");
    }
  }

  bool check_scale(const Parameter& parameter) {
    using base::number_text;
    const double low = parameter.low, high = parameter.high;
    if (parameter.scale == Scale::kLog && low <= 0) {
      fault(parameter.name, "low", fmt::format("a log scale needs low > 0 (found {})", number_text(low)),
            parameter.kind == Kind::kInt ? "try low: 1, or scale: linear" : "try low: 1e-5, or scale: linear");
      return false;
    }
    if (parameter.scale == Scale::kReverseLog && parameter.kind == Kind::kInt) {
      fault(parameter.name, "scale", "a reverse_log scale is for floats between 0 and 1",
            "use type: float, or scale: log");
      return false;
    }
    if (parameter.scale == Scale::kReverseLog && (low <= 0 || high >= 1)) {
      const bool low_is_wrong = low <= 0;
      fault(parameter.name, low_is_wrong ? "low" : "high",
            fmt::format("a reverse_log scale needs 0 < low and high < 1 (found {} = {})", low_is_wrong ? "low" : "high",
                        number_text(low_is_wrong ? low : high)),
            low_is_wrong ? "try low: 0.5, or scale: linear" : "try high: 0.999, or scale: linear");
      return false;
    }
    return true;
  }

  void check_step(const Parameter& parameter) {
    using base::number_text;
    const double step = *parameter.step, width = parameter.high - parameter.low;
    if (!std::isfinite(step) || step <= 0) {
      fault(parameter.name, "step", fmt::format("step must be a number above 0 (found {})", number_text(step)),
            "remove it for a continuous range");
    } else if (parameter.kind == Kind::kInt && step != std::floor(step)) {
      fault(parameter.name, "step", fmt::format("step of an int must be a whole number (found {})", number_text(step)),
            "round it, or use type: float");
    } else if (step > width && width > 0) {
      fault(parameter.name, "step",
            fmt::format("step is larger than high - low (found {} and {})", number_text(step), number_text(width)),
            "take a smaller step");
    } else if (width / step > kIntegerMax) {
      fault(parameter.name, "step",
            fmt::format("step divides the range into more than 1e12 values (found {})", number_text(step)),
            "remove it for a continuous range");
    }
    if (parameter.zero > 0) {
      fault(parameter.name, "step", "step and zero do not go together", "keep one of the two");
    }
  }

  void check_choices(const Parameter& parameter) {
    if (parameter.choices.empty()) {
      fault(parameter.name, "choices", "choices are missing", "list them: choices: [a, b]");
    }
    for (std::size_t i = 0; i < parameter.choices.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (same_choice(parameter.choices[i], parameter.choices[j])) {
          fault(parameter.name, "choices",
                fmt::format("'{}' is listed twice", base::printable(text_of(parameter.choices[i]))),
                "keep one of the two");
          return;
        }
      }
      if (const auto* number = std::get_if<double>(&parameter.choices[i]);
          number != nullptr && !std::isfinite(*number)) {
        fault(parameter.name, "choices", fmt::format("a choice must be finite (found {})", base::number_text(*number)),
              "give it as text, in quotes");
      }
    }
    if (parameter.scale != Scale::kLinear) {
      fault(parameter.name, "scale", fmt::format("a {} has no scale", text_of(parameter.kind)), "remove it");
    }
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
