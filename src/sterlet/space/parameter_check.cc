#include "sterlet/space/parameter_check.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "sterlet/base/text.h"

namespace sterlet::space {

namespace {

constexpr double kIntegerMax = 1e12;  // Beyond it a log scale no longer tells neighbours apart.
constexpr std::size_t kNameLengthMax = 200;

class Declaration final {
 public:
  Declaration(const Parameter& parameter, std::vector<Fault>& faults) : parameter_(parameter), faults_(faults) {}

  void check() {
    check_name();
    if (is_numeric(parameter_)) {
      check_range();
    } else {
      check_choices();
    }
    if (parameter_.tier < 1 || parameter_.tier > 4) {
      fault("tier", fmt::format("a tier is 1, 2, 3 or 4 (found {})", parameter_.tier),
            "1 is tuned first, 4 left at its default");
    }
  }

 private:
  void fault(const std::string& key, std::string what, std::string next) {
    faults_.push_back(fault_of(parameter_.name, key, std::move(what), std::move(next)));
  }

  void check_name() {
    const std::string& name = parameter_.name;
    const bool begins = !name.empty() && (std::isalpha(static_cast<unsigned char>(name[0])) != 0 || name[0] == '_');
    const bool clean = std::all_of(name.begin(), name.end(), [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-';
    });
    if (!begins || !clean || name.size() > kNameLengthMax) {
      fault("", fmt::format("'{}' cannot be a parameter's name", base::printable(name.substr(0, 60))),
            fmt::format("use a letter, then letters, digits, '_', '.' or '-', at most {}", kNameLengthMax));
    }
  }

  void check_range() {
    using base::number_text;
    const bool is_int = parameter_.kind == Kind::kInt;
    const double low = parameter_.low, high = parameter_.high;
    for (const auto& [key, bound] : {std::pair{"low", low}, std::pair{"high", high}}) {
      if (!std::isfinite(bound)) {
        fault(key, fmt::format("{} must be a finite number (found {})", key, number_text(bound)),
              "give the bound that you would search up to");
        return;
      }
      if (is_int && bound != std::floor(bound)) {
        fault(key, fmt::format("{} of an int must be a whole number (found {})", key, number_text(bound)),
              "round it, or use type: float");
        return;
      }
      if (is_int && std::fabs(bound) > kIntegerMax) {
        fault(key, fmt::format("{} of an int is at most 1e12 (found {})", key, number_text(bound)), "use type: float");
        return;
      }
    }
    if (low > high) {
      fault("low", fmt::format("low must be below high (found {} and {})", number_text(low), number_text(high)),
            "swap them");
      return;
    }
    if (!std::isfinite(high - low)) {
      fault(
          "low",
          fmt::format("the range is wider than a number can say (found {} to {})", number_text(low), number_text(high)),
          "give the bounds that make sense");
      return;
    }
    if (!check_scale()) return;
    if (parameter_.step) check_step();
    if (parameter_.zero != 0 && (!(parameter_.zero > 0) || !(parameter_.zero < 1))) {
      fault("zero", fmt::format("zero is a share of draws, from 0 to below 1 (found {})", number_text(parameter_.zero)),
            "try zero: 0.1");
    } else if (parameter_.zero != 0 && (is_int || parameter_.scale != Scale::kLog)) {
      fault("zero", "zero is for floats on a log scale, which cannot reach 0 otherwise",
            "remove it and let low be 0, or set scale: log");
    }
  }

  bool check_scale() {
    using base::number_text;
    const double low = parameter_.low, high = parameter_.high;
    if (parameter_.scale == Scale::kLog && low <= 0) {
      fault("low", fmt::format("a log scale needs low > 0 (found {})", number_text(low)),
            parameter_.kind == Kind::kInt ? "try low: 1, or scale: linear" : "try low: 1e-5, or scale: linear");
      return false;
    }
    if (parameter_.scale == Scale::kReverseLog && parameter_.kind == Kind::kInt) {
      fault("scale", "a reverse_log scale is for floats between 0 and 1", "use type: float, or scale: log");
      return false;
    }
    if (parameter_.scale == Scale::kReverseLog && (low <= 0 || high >= 1)) {
      const bool low_is_wrong = low <= 0;
      fault(low_is_wrong ? "low" : "high",
            fmt::format("a reverse_log scale needs 0 < low and high < 1 (found {} = {})", low_is_wrong ? "low" : "high",
                        number_text(low_is_wrong ? low : high)),
            low_is_wrong ? "try low: 0.5, or scale: linear" : "try high: 0.999, or scale: linear");
      return false;
    }
    return true;
  }

  void check_step() {
    using base::number_text;
    const double step = *parameter_.step, width = parameter_.high - parameter_.low;
    if (!std::isfinite(step) || step <= 0) {
      fault("step", fmt::format("step must be a number above 0 (found {})", number_text(step)),
            "remove it for a continuous range");
    } else if (parameter_.kind == Kind::kInt && step != std::floor(step)) {
      fault("step", fmt::format("step of an int must be a whole number (found {})", number_text(step)),
            "round it, or use type: float");
    } else if (step > width && width > 0) {
      fault("step",
            fmt::format("step is larger than high - low (found {} and {})", number_text(step), number_text(width)),
            "take a smaller step");
    } else if (width / step > kIntegerMax) {
      fault("step", fmt::format("step divides the range into more than 1e12 values (found {})", number_text(step)),
            "remove it for a continuous range");
    }
    if (parameter_.zero > 0) {
      fault("step", "step and zero do not go together", "keep one of the two");
    }
  }

  void check_choices() {
    if (parameter_.choices.empty()) {
      fault("choices", "choices are missing", "list them: choices: [a, b]");
    }
    for (std::size_t i = 0; i < parameter_.choices.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (same_choice(parameter_.choices[i], parameter_.choices[j])) {
          fault("choices", fmt::format("'{}' is listed twice", base::printable(text_of(parameter_.choices[i]))),
                "keep one of the two");
          return;
        }
      }
      if (const auto* number = std::get_if<double>(&parameter_.choices[i]);
          number != nullptr && !std::isfinite(*number)) {
        fault("choices", fmt::format("a choice must be finite (found {})", base::number_text(*number)),
              "give it as text, in quotes");
      }
    }
    if (parameter_.scale != Scale::kLinear) {
      fault("scale", fmt::format("a {} has no scale", text_of(parameter_.kind)), "remove it");
    }
  }

  const Parameter& parameter_;
  std::vector<Fault>& faults_;
};

}  // namespace

Fault fault_of(const std::string& parameter, const std::string& key, std::string what, std::string next) {
  return {
      .parameter = parameter,
      .constraint = std::nullopt,
      .key = key,
      .error = {
          .code = base::ErrorCode::kInvalidArgument, .where = {}, .what = std::move(what), .next = std::move(next)}};
}

void check_declaration(const Parameter& parameter, std::vector<Fault>& faults) {
  Declaration(parameter, faults).check();
}

}  // namespace sterlet::space
