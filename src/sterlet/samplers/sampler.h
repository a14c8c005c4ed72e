#pragma once

#include "sterlet/base/json.h"
#include "sterlet/base/rng.h"
#include "sterlet/space/history.h"
#include "sterlet/space/space.h"

namespace sterlet::samplers {

/// What a sampler suggests, and why.
struct Suggestion {
  space::Point point;
  space::Origin origin = space::Origin::kRandom;
  std::optional<double> predicted;                           ///< Objective expected by the model, if there is one.
  std::optional<std::pair<double, double>> predicted_range;  ///< Its central 90% interval.
  base::Json note;  ///< An object with more on why, stored with the trial and shown with it; null: none.
};

class Sampler {
 public:
  virtual ~Sampler() = default;
  /// The next point. Pure: an equal history and key give an equal point, in any process, after any restart.
  /// history: finished and pending trials in the order of their creation. key: (study seed, trial number, attempt), the
  /// only source of chance; attempt > 0 asks again where the previous answer could not be used.
  /// The point satisfies the space's conditions and constraints.
  virtual Suggestion suggest(const space::History& history, const base::StreamKey& key) const = 0;
};

}  // namespace sterlet::samplers
