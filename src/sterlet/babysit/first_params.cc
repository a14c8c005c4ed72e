#include "sterlet/babysit/first_params.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace sterlet::babysit {

using base::Json;
using base::Result;

Result<Json> first_params(const space::Space& space, const Json& given) {
  std::vector<double> unit(space.dimensions().size(), 0.5);
  for (std::size_t i = 0; i < unit.size(); ++i) {
    const space::Dimension& dimension = space.dimensions()[i];
    const space::Parameter& parameter = space.parameters()[dimension.parameter];
    if (parameter.defaults.empty()) continue;
    const std::size_t element = std::min(dimension.element, parameter.defaults.size() - 1);
    const space::Scalar& chosen = parameter.defaults[element];
    std::optional<double> raw = base::number_from_json(space::json_from_scalar(chosen));
    for (std::size_t choice = 0; choice < parameter.choices.size(); ++choice) {
      if (space::same_choice(parameter.choices[choice], chosen)) raw = static_cast<double>(choice);
    }
    if (raw) unit[i] = space.axis(i).unit(*raw);
  }
  // Through the unit cube a default may lose its last digit; where all are given, they are taken as they are.
  const space::Point point = space.defaults().value_or(space.from_unit(unit));
  const base::StreamKey key{.seed = 0, .trial = UINT64_MAX, .stream = base::Stream::kComplete};
  STERLET_TRY(const space::Point completed, space.complete(given, point, key));
  return space.to_json(completed);
}

}  // namespace sterlet::babysit
