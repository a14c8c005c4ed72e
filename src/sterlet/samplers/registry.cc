#include "sterlet/samplers/registry.h"

#include <array>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/samplers/auto/auto.h"
#include "sterlet/samplers/cmaes/cmaes.h"
#include "sterlet/samplers/gp/gp.h"
#include "sterlet/samplers/grid.h"
#include "sterlet/samplers/nsga2.h"
#include "sterlet/samplers/random.h"
#include "sterlet/samplers/refine/refine.h"
#include "sterlet/samplers/sobol.h"
#include "sterlet/samplers/tpe/tpe.h"

namespace sterlet::samplers {

namespace {

using Made = base::Result<std::unique_ptr<Sampler>>;

const std::array<Row, 9>& rows() {
  static const std::array<Row, 9> table{{
      {.name = "auto",
       .summary = "chooses among the others by what the study is and how far it has come",
       .source = "bench/RESULTS.md",
       .options = {},
       .make = [](const space::Space& space, const base::Json&, const Setting& setting) -> Made {
         return make_auto(space, setting);
       }},
      {.name = "cmaes",
       .summary = "a normal distribution that moves to and shapes itself by the better trials; for ordered parameters",
       .source = "Hansen 2016; Hamano et al. 2022",
       .options = {{.name = "startup_trials",
                    .summary = "Sobol trials that must have finished before the first generation",
                    .default_value = CmaesOptions{}.startup_trials,
                    .low = 1,
                    .high = 100000},
                   {.name = "sigma",
                    .summary = "first spread, in widths of the ranges",
                    .default_value = CmaesOptions{}.sigma,
                    .low = 0.001,
                    .high = 1},
                   {.name = "population",
                    .summary = "trials of a generation; 0: 4 + 3 ln d",
                    .default_value = CmaesOptions{}.population,
                    .low = 0,
                    .high = 10000},
                   {.name = "candidates",
                    .summary = "draws of which the most promising is suggested; 1: no choice",
                    .default_value = CmaesOptions{}.candidates,
                    .low = 1,
                    .high = 1000},
                   {.name = "screened_trials",
                    .summary = "there is a choice among draws while the study has so many trials",
                    .default_value = CmaesOptions{}.screened_trials,
                    .low = 0,
                    .high = 1000},
                   {.name = "growth",
                    .summary = "factor on the population at a restart",
                    .default_value = CmaesOptions{}.growth,
                    .low = 1,
                    .high = 10},
                   {.name = "tolerance",
                    .summary = "spread at which the first run ends, each later one at a quarter (0: by the budget)",
                    .default_value = CmaesOptions{}.tolerance,
                    .low = 0,
                    .high = 0.1},
                   {.name = "alternate",
                    .summary = "1: restarts alternate with small populations (BIPOP)",
                    .default_value = CmaesOptions{}.alternate,
                    .low = 0,
                    .high = 1}},
       .make = [](const space::Space& space, const base::Json& options, const Setting& setting) -> Made {
         const CmaesOptions defaults;
         return make_cmaes(space,
                           {.startup_trials = options.value("startup_trials", defaults.startup_trials),
                            .sigma = options.value("sigma", defaults.sigma),
                            .population = options.value("population", defaults.population),
                            .candidates = options.value("candidates", defaults.candidates),
                            .screened_trials = options.value("screened_trials", defaults.screened_trials),
                            .growth = options.value("growth", defaults.growth),
                            .tolerance = options.value("tolerance", defaults.tolerance),
                            .alternate = options.value("alternate", defaults.alternate)},
                           setting);
       }},
      {.name = "gp",
       .summary = "learns a smooth model of the objective; the best for few, costly trials",
       .source = "Rasmussen, Williams 2006; Hvarfner et al. 2024; Ament et al. 2023",
       .options = {{.name = "startup_trials",
                    .summary = "Sobol points before the model (0: 6 to 8, a quarter of a small budget)",
                    .default_value = GpOptions{}.startup_trials,
                    .low = 0,
                    .high = 10000}},
       .make = [](const space::Space& space, const base::Json& options, const Setting& setting) -> Made {
         return make_gp(space, {.startup_trials = options.value("startup_trials", GpOptions{}.startup_trials)},
                        setting);
       }},
      {.name = "grid",
       .summary = "every combination of every parameter's values; for a few parameters of few values",
       .source = "Bergstra, Bengio 2012",
       .options = {{.name = "points",
                    .summary = "values of each continuous parameter",
                    .default_value = GridOptions{}.points,
                    .low = 1,
                    .high = 1000}},
       .make = [](const space::Space& space, const base::Json& options, const Setting& setting) -> Made {
         return make_grid(space, {.points = options.value("points", GridOptions{}.points)}, setting);
       }},
      {.name = "nsga2",
       .summary = "breeds from the best trials; for several objectives and many trials",
       .source = "Deb et al. 2002; Beume et al. 2007",
       .options = {{.name = "population",
                    .summary = "trials that breed; 0: a sixteenth of the budget, from 10 to 50",
                    .default_value = Nsga2Options{}.population,
                    .low = 0,
                    .high = 10000},
                   {.name = "crossover",
                    .summary = "chance that a child has two parents",
                    .default_value = Nsga2Options{}.crossover,
                    .low = 0,
                    .high = 1},
                   {.name = "crossover_eta",
                    .summary = "large: children stay near a parent",
                    .default_value = Nsga2Options{}.crossover_eta,
                    .low = 0,
                    .high = 100},
                   {.name = "exchange",
                    .summary = "share of crossed values that are the second parent's own",
                    .default_value = Nsga2Options{}.exchange,
                    .low = 0,
                    .high = 1},
                   {.name = "mutation_eta",
                    .summary = "large: mutations are small",
                    .default_value = Nsga2Options{}.mutation_eta,
                    .low = 0,
                    .high = 100},
                   {.name = "hypervolume",
                    .summary = "1: who adds least to the dominated volume goes (SMS-EMOA)",
                    .default_value = Nsga2Options{}.hypervolume,
                    .low = 0,
                    .high = 1}},
       .make = [](const space::Space& space, const base::Json& options, const Setting& setting) -> Made {
         const Nsga2Options defaults;
         return make_nsga2(space,
                           {.population = options.value("population", defaults.population),
                            .crossover = options.value("crossover", defaults.crossover),
                            .crossover_eta = options.value("crossover_eta", defaults.crossover_eta),
                            .exchange = options.value("exchange", defaults.exchange),
                            .mutation_eta = options.value("mutation_eta", defaults.mutation_eta),
                            .hypervolume = options.value("hypervolume", defaults.hypervolume)},
                           setting);
       }},
      {.name = "random",
       .summary = "independent draws, each parameter on its own scale",
       .source = "Bergstra, Bengio 2012",
       .options = {},
       .make = [](const space::Space& space, const base::Json&, const Setting&) -> Made { return make_random(space); }},
      {.name = "refine",
       .summary = "the whole space first, then smaller and smaller boxes around the best; never only the boxes",
       .source = "Yang, Zhang 2021",
       .options = {{.name = "start",
                    .summary = "results from the whole space before the first box (0: by the budget)",
                    .default_value = RefineOptions{}.start,
                    .low = 0,
                    .high = 1000000},
                   {.name = "levels",
                    .summary = "boxes one after another that the budget is divided among (0: by the budget)",
                    .default_value = RefineOptions{}.levels,
                    .low = 0,
                    .high = 64},
                   {.name = "shrink",
                    .summary = "share of the last box's width below which the next one does not fall",
                    .default_value = RefineOptions{}.shrink,
                    .low = 0.05,
                    .high = 1},
                   {.name = "global_share",
                    .summary = "share of the later points that stay spread over the whole space",
                    .default_value = RefineOptions{}.global_share,
                    .low = 0.01,
                    .high = 1}},
       .make = [](const space::Space& space, const base::Json& options, const Setting& setting) -> Made {
         return make_refine(space,
                            {.start = options.value("start", RefineOptions{}.start),
                             .levels = options.value("levels", RefineOptions{}.levels),
                             .shrink = options.value("shrink", RefineOptions{}.shrink),
                             .global_share = options.value("global_share", RefineOptions{}.global_share)},
                            setting);
       }},
      {.name = "sobol",
       .summary = "points that cover every parameter's range evenly",
       .source = "Joe, Kuo 2008; Owen 1995",
       .options = {},
       .make = [](const space::Space& space, const base::Json&, const Setting& setting) -> Made {
         return make_sobol(space, setting.seed);
       }},
      {.name = "tpe",
       .summary = "learns where good trials lie; a safe choice from about 20 trials up",
       .source = "Bergstra et al. 2011; Watanabe 2023",
       .options = {{.name = "startup_trials",
                    .summary = "first trials of the study, spread evenly",
                    .default_value = TpeOptions{}.startup_trials,
                    .low = 1,
                    .high = 10000},
                   {.name = "candidates",
                    .summary = "points drawn and scored for each suggestion",
                    .default_value = TpeOptions{}.candidates,
                    .low = 1,
                    .high = 1000},
                   {.name = "good_share",
                    .summary = "share of the history that counts as good",
                    .default_value = TpeOptions{}.good_share,
                    .low = 0.01,
                    .high = 0.5}},
       .make = [](const space::Space& space, const base::Json& options, const Setting& setting) -> Made {
         return make_tpe(space,
                         {.startup_trials = options.value("startup_trials", TpeOptions{}.startup_trials),
                          .candidates = options.value("candidates", TpeOptions{}.candidates),
                          .good_share = options.value("good_share", TpeOptions{}.good_share)},
                         setting);
       }},
  }};
  return table;
}

}  // namespace

std::span<const Row> registry() { return rows(); }

const Row* find(std::string_view name) {
  for (const Row& row : rows()) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

std::vector<std::string> names() {
  std::vector<std::string> list;
  for (const Row& row : rows()) list.emplace_back(row.name);
  return list;
}

base::Result<std::unique_ptr<Sampler>> make(std::string_view name, const space::Space& space, const base::Json& options,
                                            const Setting& setting) {
  const Row* row = find(name);
  if (row == nullptr) {
    return base::fail(base::ErrorCode::kInvalidArgument, fmt::format("unknown sampler '{}'", base::printable(name)),
                      base::suggest_name(name, names()));
  }
  STERLET_PASS(base::check_options(fmt::format("sampler {}", name), row->options, options, "{name: grid, points: 3}"));
  return row->make(space, options, setting);
}

}  // namespace sterlet::samplers
