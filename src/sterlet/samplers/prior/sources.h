#pragma once

#include <optional>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"
#include "sterlet/samplers/prior/prior.h"
#include "sterlet/space/space.h"

namespace sterlet::samplers {

/// The prior of a hint: {"learning_rate": [0.01, 0.03], "optimizer": "adam", "batch_size": [32, 128]}. Of a number a
/// range or one value, about which it falls off; of a parameter with choices one of them or a list. A repeated parameter
/// has it for all its elements.
///
/// Errors    kInvalidArgument, a sentence: an unknown parameter, text for a number, no number, a range that ends before
///           it begins or leaves the parameter's, an unknown choice, nothing hinted, a parameter that does not exist
///           with the rest of the hint.
base::Result<Prior> prior_of_hint(const space::Space& space, const base::Json& params);

/// A setting that was good elsewhere, in the present space: a raw value a dimension, NaN where nothing is known of it.
struct GoodSetting {
  std::vector<double> values;
  double weight = 1;  ///< > 0.
};

/// The prior of good settings: a bump at each. How wide it is along a dimension follows from how far the settings lie
/// apart there (Scott's rule, within kNarrowest and kWidest): what mattered has drawn together, what did not is spread.
///
/// Nothing where no setting has any value.
/// Source    Scott: Multivariate density estimation, 1992, section 6.3 (the rule).
std::optional<Prior> prior_of_settings(const space::Space& space, const std::vector<GoodSetting>& settings);

/// A value of another space's parameter of the same name, as a parameter of this space can have it.
struct Carried {
  std::vector<double> raw;  ///< One an element.
  bool is_moved = false;    ///< It lay outside the range here, and is the nearest that can be.
};
/// Nothing where it is no choice here, or of another kind.
std::optional<Carried> carry_value(const space::Space& space, std::size_t parameter, const base::Json& value);

inline constexpr double kPriorNarrowest = 0.05, kPriorWidest = 0.3;

}  // namespace sterlet::samplers
