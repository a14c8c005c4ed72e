#include "sterlet/practices/search.h"

#include <algorithm>
#include <cmath>

namespace sterlet::practices {

namespace {

base::Result<space::History> history_of(const Parts& parts, const space::Space& space, const Search& search,
                                        const Objective& objective) {
  const samplers::StudyFacts facts{.seed = search.seed, .trial_budget = search.trials};
  STERLET_TRY(const auto sampler, parts.make_sampler(search.sampler, space, search.options, facts));
  space::History history;
  for (std::int64_t number = 0; number < search.trials; ++number) {
    auto suggestion = sampler->suggest(history, {.seed = search.seed, .trial = static_cast<std::uint64_t>(number)});
    const double value = objective(suggestion.point.values);
    history.append({.number = number, .point = std::move(suggestion.point), .origin = suggestion.origin});
    history.update(number, space::Outcome::kComplete, {value}, {}, 0);
  }
  return history;
}

}  // namespace

base::Result<std::vector<std::vector<double>>> run_search(const Parts& parts, const space::Space& space,
                                                          const Search& search, const Objective& objective) {
  STERLET_TRY(const space::History history, history_of(parts, space, search, objective));
  std::vector<std::vector<double>> points;
  for (const space::Observation& trial : history.trials()) points.push_back(trial.point.values);
  return points;
}

base::Result<std::vector<double>> best_of_search(const Parts& parts, const space::Space& space, const Search& search,
                                                 const Objective& objective) {
  STERLET_TRY(const space::History history, history_of(parts, space, search, objective));
  const auto best = std::min_element(history.trials().begin(), history.trials().end(),
                                     [](const auto& a, const auto& b) { return a.values < b.values; });
  return best->point.values;
}

space::Space space_of(std::vector<space::Parameter> parameters) {
  auto space = space::Space::make(std::move(parameters), {});
  STERLET_CHECK(space.has_value(), "a claim's own space is wrong");
  return std::move(*space);
}

space::Parameter learning_rate(space::Scale scale) {
  return {.name = "learning_rate", .low = 1e-4, .high = 1, .scale = scale};
}

std::vector<double> hidden_place(std::uint64_t seed, std::size_t count) {
  base::RandomStream stream({.seed = seed, .stream = base::Stream::kPractice});
  std::vector<double> place(count);
  for (double& coordinate : place) coordinate = 0.1 + 0.8 * stream.uniform();
  return place;
}

double distance(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(sum);
}

}  // namespace sterlet::practices
