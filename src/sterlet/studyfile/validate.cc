#include "sterlet/studyfile/validate.h"

#include <algorithm>
#include <cmath>

#include "sterlet/population/population.h"
#include "sterlet/studyfile/schedule.h"

namespace sterlet::studyfile {

std::optional<std::int64_t> search_budget(const StudySpec& spec) {
  if (spec.strategy == Strategy::kPbt) {
    if (const auto options = population::read_options(spec.strategy_options)) return options->population;
  }
  if (!spec.budget.trials || !spec.repeats.race) return spec.budget.trials;
  const auto budget = static_cast<double>(*spec.budget.trials);
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(budget - std::floor(spec.repeats.share * budget)));
}

base::Result<std::unique_ptr<samplers::Sampler>> make_sampler(const StudySpec& spec, const space::Space& space,
                                                              std::uint64_t seed) {
  return samplers::make(spec.sampler.name, space, spec.sampler.options,
                        {.seed = seed, .trial_budget = search_budget(spec), .objective_count = spec.objectives.size()});
}

base::Result<std::unique_ptr<pruners::Pruner>> make_pruner(const StudySpec& spec, std::uint64_t seed) {
  return pruners::make(spec.pruner.name, spec.pruner.options,
                       {.seed = seed,
                        .objective_count = spec.objectives.size(),
                        .maximize = spec.objectives.front().direction == Direction::kMaximize});
}

base::Result<void> validate(const StudyFile& file) {
  const std::uint64_t seed = file.spec.seed.value_or(0);
  STERLET_PASS(make_sampler(file.spec, file.space, seed));
  STERLET_PASS(make_pruner(file.spec, seed));
  if (file.spec.strategy == Strategy::kPbt) STERLET_PASS(population::read_options(file.spec.strategy_options));
  if (file.spec.strategy == Strategy::kReplay) STERLET_PASS(replay_schedule(file.spec));
  return {};
}

}  // namespace sterlet::studyfile
