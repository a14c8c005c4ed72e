#include "sterlet/plan/pilot_points.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "sterlet/plan/pilot_costs.h"
#include "sterlet/samplers/registry.h"
#include "sterlet/samplers/sobol.h"

namespace sterlet::plan {

namespace {

constexpr std::size_t kSpreadFirst = 5;  // So many points are spread before the first that is suggested.

space::Point point_at(const space::Space& space, std::vector<double> place, const base::StreamKey& key) {
  std::replace_if(
      place.begin(), place.end(), [](double at) { return std::isnan(at); }, 0.5);
  return space.repair(space.from_unit(place), key);
}

// The pilot's values as those of trials.
space::History history_of(const space::Space& space, const PilotValues& values) {
  space::History history;
  for (std::size_t i = 0; i < values.units.size(); ++i) {
    const base::StreamKey key{.seed = 0, .trial = i, .stream = base::Stream::kSpace};
    const bool has_value = std::isfinite(values.values[i]);
    history.append({.number = static_cast<std::int64_t>(i),
                    .point = point_at(space, values.units[i], key),
                    .outcome = has_value ? space::Outcome::kComplete : space::Outcome::kFailed,
                    .values = has_value ? std::vector<double>{values.values[i]} : std::vector<double>{}});
  }
  return history;
}

}  // namespace

PilotPoints::PilotPoints(const studyfile::StudyFile& study, std::optional<std::int64_t> steps)
    : study_(study), steps_(steps), points_(samplers::sobol_points(study.space, study.spec.seed.value_or(0))) {}

base::StreamKey PilotPoints::key(std::uint64_t number) const {
  return {.seed = study_.spec.seed.value_or(0), .trial = number, .stream = base::Stream::kSpace, .attempt = 0};
}

space::Point PilotPoints::first() const {
  const space::Space& space = study_.space;
  if (const auto defaults = space.defaults()) return *defaults;
  return point_at(space, std::vector<double>(space.dimensions().size(), 0.5), key(0));
}

PilotPoints::Next PilotPoints::next(const PilotResult& seen, std::uint64_t number) {
  if (drawn_ >= kSpreadFirst) {
    if (auto point = guess(seen, number)) return {.point = *std::move(point), .is_guess = true};
  }
  const auto index = static_cast<std::uint32_t>(drawn_++);
  return {.point = point_at(study_.space, points_.at(index, key(number)), key(number))};
}

// Where all points take the same, it does not matter where the search will go.
std::optional<space::Point> PilotPoints::guess(const PilotResult& seen, std::uint64_t number) const {
  const studyfile::StudySpec& spec = study_.spec;
  const auto facts = gather_facts(spec, study_.space, seen, steps_);
  if (!facts || !facts->is_model_based || spec.objectives.size() > 1) return std::nullopt;
  const auto values = values_where_costs_differ(seen, *facts);
  if (!values) return std::nullopt;
  const auto sampler =
      samplers::make(spec.sampler.name, study_.space, spec.sampler.options, {.seed = spec.seed.value_or(0)});
  if (!sampler) return std::nullopt;
  return (*sampler)->suggest(history_of(study_.space, *values), {.seed = spec.seed.value_or(0), .trial = number}).point;
}

}  // namespace sterlet::plan
