#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sterlet/doctor/file/rules.h"
#include "sterlet/space/axis.h"

namespace sterlet::doctor {

namespace {

constexpr std::int64_t kPointsDefault = 5;

// How many different values a grid shows of a parameter.
double values_of(const space::Parameter& parameter, double points) {
  const auto levels = space::Axis(parameter).level_count();
  return levels ? static_cast<double>(*levels) : points;
}

}  // namespace

// With two parameters, n trials of a grid see the square root of n values of each; random points see n.
std::vector<Finding> find_grid(const FileView& view) {
  if (!view.is_searched() || view.spec().sampler.name != "grid") return {};
  const std::vector<const space::Parameter*> searched = view.searched();
  const bool is_continuous = std::any_of(searched.begin(), searched.end(),
                                         [](const auto* parameter) { return parameter->kind == space::Kind::kFloat; });
  if (searched.size() < 2 || !is_continuous) return {};  // All there is can be tried, or there is one line to walk.
  const base::Json& options = view.spec().sampler.options;
  const double points =
      options.contains("points") && options["points"].is_number() ? options["points"].get<double>() : kPointsDefault;
  double all = 1;
  std::vector<std::string> about;
  const space::Parameter* first = nullptr;
  for (const space::Parameter* parameter : searched) {
    all *= values_of(*parameter, points);
    about.push_back(parameter->name);
    if (parameter->kind != space::Kind::kFloat) continue;
    const bool is_better = first == nullptr || tier_of(*parameter, view.declaration(parameter->name)) <
                                                   tier_of(*first, view.declaration(first->name));
    if (is_better) first = parameter;
  }
  const double budget = view.spec().budget.trials ? static_cast<double>(*view.spec().budget.trials) : all;
  const double trials = std::min(all, budget), seen = values_of(*first, points);
  return {
      {.about = std::move(about),
       .at = view.place("sampler"),
       .says = fmt::format("a grid spends {:.0f} trials to see {:.0f} values of {}; {:.0f} random points see {:.0f}: "
                           "use sampler: auto",
                           trials, std::min(seen, trials), first->name, trials, trials),
       .because = {{"trials", trials}, {"values", std::min(seen, trials)}, {"grid", base::json_number(all)}},
       .edits = {{"", "sampler", "auto"}},
       .confidence = 0.9}};
}

}  // namespace sterlet::doctor
