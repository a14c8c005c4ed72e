#include "sterlet/sampler.hpp"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/library/convert.h"
#include "sterlet/library/guard.h"
#include "sterlet/samplers/registry.h"

namespace sterlet {

struct Sampler::Parts {
  space::Space space;
  SamplerOptions options;
  std::unique_ptr<samplers::Sampler> sampler;  // Borrows the space.
};

namespace {

space::Outcome outcome_of(const Observation& seen) {
  switch (seen.outcome) {
    case Observation::Outcome::kPending:
      return space::Outcome::kPending;
    case Observation::Outcome::kComplete:
      return space::Outcome::kComplete;
    case Observation::Outcome::kPruned:
      return space::Outcome::kPruned;
    case Observation::Outcome::kFailed:
      return space::Outcome::kFailed;
  }
  return space::Outcome::kFailed;
}

base::Result<space::Observation> read(const Observation& seen, const space::Space& space,
                                      const std::vector<Direction>& directions) {
  space::Observation read{.outcome = outcome_of(seen), .constraints = seen.constraints};
  STERLET_TRY(read.point, space.from_json(library::json_of(seen.params)));
  const auto origin = space::origin_from_text(seen.origin);
  if (!origin && !seen.origin.empty()) {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      fmt::format("there is no origin '{}'", base::printable(seen.origin)),
                      "give that of its suggestion, or none");
  }
  read.origin = origin.value_or(space::Origin::kAdded);
  const bool has_values = seen.outcome == Observation::Outcome::kComplete || !seen.values.empty();
  if (has_values && seen.values.size() != directions.size()) {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      fmt::format("{} given, but there is a direction for {}",
                                  base::count_text(seen.values.size(), "value"), directions.size()),
                      "give one value for each");
  }
  for (std::size_t i = 0; i < seen.values.size(); ++i) {
    // A result that is no number is a failed one, as in a study.
    if (std::isnan(seen.values[i])) read.outcome = space::Outcome::kFailed;
    read.values.push_back(directions[i] == Direction::kMaximize ? -seen.values[i] : seen.values[i]);
  }
  if (read.outcome == space::Outcome::kFailed || read.outcome == space::Outcome::kPending) read.values.clear();
  return read;
}

}  // namespace

Sampler::Sampler(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Sampler::Sampler(Sampler&& other) noexcept = default;
Sampler& Sampler::operator=(Sampler&& other) noexcept = default;
Sampler::~Sampler() = default;

Result<Sampler> Sampler::make(const Space& space, SamplerOptions options) {
  auto parts = library::guarded([&]() -> base::Result<std::unique_ptr<Parts>> {
    if (options.directions.empty()) {
      return base::fail(base::ErrorCode::kInvalidArgument, "there is no direction", "give one for each objective");
    }
    STERLET_TRY(space::Space checked, library::checked_space(space));
    auto made =
        std::make_unique<Parts>(Parts{.space = std::move(checked), .options = std::move(options), .sampler = {}});
    base::Json values = base::Json::object();
    for (const auto& [name, value] : made->options.algorithm.options) values[name] = library::json_of(value);
    STERLET_TRY(made->sampler, samplers::make(made->options.algorithm.name, made->space, values,
                                              {.seed = made->options.seed,
                                               .trial_budget = made->options.trials,
                                               .objective_count = made->options.directions.size()}));
    return made;
  });
  if (!parts) return parts.error();
  return Sampler(*std::move(parts));
}

Result<Suggestion> Sampler::suggest(const std::vector<Observation>& history) const {
  return library::guarded([&]() -> base::Result<Suggestion> {
    if (!parts_)
      return base::fail(base::ErrorCode::kConflict, "this sampler was moved away", "use the one it was moved to");
    space::History seen;
    seen.reserve(history.size());
    for (std::size_t i = 0; i < history.size(); ++i) {
      auto one = read(history[i], parts_->space, parts_->options.directions);
      if (!one) return base::fail(one.error().at(fmt::format("history[{}]", i)));
      one->number = static_cast<std::int64_t>(i);
      seen.append(std::move(*one));
    }
    samplers::Suggestion next = parts_->sampler->suggest(seen, {.seed = parts_->options.seed, .trial = history.size()});
    return Suggestion{.number = static_cast<std::int64_t>(history.size()),
                      .params = library::params_of(parts_->space, next.point),
                      .origin = std::string(space::text_of(next.origin)),
                      .predicted = next.predicted};
  });
}

}  // namespace sterlet
