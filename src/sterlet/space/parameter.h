#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"

namespace sterlet::space {

enum class Kind { kFloat, kInt, kCategorical, kOrdinal };

/// On which axis equal distances count alike.
/// kLinear: x. kLog: ln x. kReverseLog: -ln(1 - x), so that 1 - x is log-uniform: in [0.9, 0.999] half of all draws
/// fall in [0.99, 0.999].
enum class Scale { kLinear, kLog, kReverseLog };

/// A choice, or a default: what a JSON scalar can hold, null excepted.
using Scalar = std::variant<bool, std::int64_t, double, std::string>;

/// One hyperparameter as declared. Which fields mean something depends on the kind; Space::make checks them.
struct Parameter {
  std::string name;
  Kind kind = Kind::kFloat;
  double low = 0;   ///< Smallest value, itself possible (float, int).
  double high = 1;  ///< Largest value, itself possible (float, int); with `step`, lowered to the last low + k * step.
  Scale scale = Scale::kLinear;
  std::optional<double> step;   ///< > 0. Values are low + k * step (float, int; an int has 1 when absent).
  std::vector<Scalar> choices;  ///< At least one, all different (categorical, ordinal).
  std::string when;             ///< Expression on other parameters; the parameter exists only where it holds. Or empty.
  std::string repeat;           ///< Name of an int parameter: so many values, one a layer. Or empty.
  double zero = 0;              ///< In [0, 1). Share of draws that are exactly 0 (float on a log scale).
  std::vector<Scalar>
      defaults;       ///< Empty: none. One: the default, of each element if repeated. Several: one an element.
  int tier = 2;       ///< 1 (tune first) to 4 (leave at its default).
  bool live = false;  ///< May be changed while a model trains.

  bool operator==(const Parameter&) const = default;
};

/// A float or an int: it has a range; the others have choices.
inline bool is_numeric(const Parameter& parameter) {
  return parameter.kind == Kind::kFloat || parameter.kind == Kind::kInt;
}

std::string_view text_of(Kind kind);
std::string_view text_of(Scale scale);
std::optional<Kind> kind_from_text(std::string_view text);
std::optional<Scale> scale_from_text(std::string_view text);

base::Json json_from_scalar(const Scalar& scalar);
/// Nothing for null, arrays and objects. A number without fraction or exponent is an integer.
std::optional<Scalar> scalar_from_json(const base::Json& value);
/// As in a command line: sgd, 0.1, true.
std::string text_of(const Scalar& scalar);
/// Equal as a user sees it: 1 and 1.0 are the same choice.
bool same_choice(const Scalar& a, const Scalar& b);

/// The parameter in the words of a study file, only the keys that differ from their defaults.
base::Json json_from_parameter(const Parameter& parameter);

}  // namespace sterlet::space
