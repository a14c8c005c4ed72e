#include "sterlet/samplers/registry.h"

#include "sterlet/base/registry.h"
#include "sterlet/samplers/auto/auto.h"
#include "sterlet/samplers/cmaes/cmaes.h"
#include "sterlet/samplers/gp/gp.h"
#include "sterlet/samplers/grid.h"
#include "sterlet/samplers/nsga2.h"
#include "sterlet/samplers/prior/steered.h"
#include "sterlet/samplers/random.h"
#include "sterlet/samplers/refine/refine.h"
#include "sterlet/samplers/sobol.h"
#include "sterlet/samplers/tpe/tpe.h"

namespace sterlet::samplers {

namespace {

using base::Json;
using base::option;
using Made = base::Result<std::unique_ptr<Sampler>>;
using Options = std::span<const base::Option>;

template <typename SamplerOptions, auto kMake>
Made make_from(Options options, const Json& values, const space::Space& space, const StudyFacts& facts) {
  return kMake(space, base::read_options<SamplerOptions>(options, values), facts);
}

std::vector<Row> rows() {
  return {
      {.name = "auto",
       .summary = "chooses among the others by what the study is and how far it has come",
       .source = "bench/RESULTS.md",
       .options = {option("practice", &AutoOptions::practice, 0, 4,
                          "how strongly it expects what practice expects of a parameter's name; 0: not at all")},
       .make = &make_from<AutoOptions, make_auto>,
       .is_steered = true},
      {.name = "cmaes",
       .summary = "a normal distribution that moves to and shapes itself by the better trials; for ordered parameters",
       .source = "Hansen 2016; Hamano et al. 2022",
       .options = {option("startup_trials", &CmaesOptions::startup_trials, 1, 100000,
                          "Sobol trials that must have finished before the first generation"),
                   option("sigma", &CmaesOptions::sigma, 0.001, 1, "first spread, in widths of the ranges"),
                   option("population", &CmaesOptions::population, 0, 10000, "trials of a generation; 0: 4 + 3 ln d"),
                   option("candidates", &CmaesOptions::candidates, 1, 1000,
                          "draws of which the most promising is suggested; 1: no choice"),
                   option("screened_trials", &CmaesOptions::screened_trials, 0, 1000,
                          "there is a choice among draws while the study has so many trials"),
                   option("growth", &CmaesOptions::growth, 1, 10, "factor on the population at a restart"),
                   option("tolerance", &CmaesOptions::tolerance, 0, 0.1,
                          "spread at which the first run ends, each later one at a quarter (0: by the budget)"),
                   option("alternate", &CmaesOptions::alternate, 0, 1,
                          "1: restarts alternate with small populations (BIPOP)")},
       .make = &make_from<CmaesOptions, make_cmaes>},
      {.name = "gp",
       .summary = "learns a smooth model of the objective; the best for few, costly trials",
       .source = "Rasmussen, Williams 2006; Hvarfner et al. 2024; Ament et al. 2023",
       .options = {option("startup_trials", &GpOptions::startup_trials, 0, 10000,
                          "Sobol points before the model (0: 6 to 8, a quarter of a small budget)")},
       .make = &make_from<GpOptions, make_gp>,
       .is_steered = true},
      {.name = "grid",
       .summary = "every combination of every parameter's values; for a few parameters of few values",
       .source = "Bergstra, Bengio 2012",
       .options = {option("points", &GridOptions::points, 1, 1000, "values of each continuous parameter")},
       .make = &make_from<GridOptions, make_grid>},
      {.name = "nsga2",
       .summary = "breeds from the best trials; for several objectives and many trials",
       .source = "Deb et al. 2002; Beume et al. 2007",
       .options = {option("population", &Nsga2Options::population, 0, 10000,
                          "trials that breed; 0: a sixteenth of the budget, from 10 to 50"),
                   option("crossover", &Nsga2Options::crossover, 0, 1, "chance that a child has two parents"),
                   option("crossover_eta", &Nsga2Options::crossover_eta, 0, 100, "large: children stay near a parent"),
                   option("exchange", &Nsga2Options::exchange, 0, 1,
                          "share of crossed values that are the second parent's own"),
                   option("mutation_eta", &Nsga2Options::mutation_eta, 0, 100, "large: mutations are small"),
                   option("hypervolume", &Nsga2Options::hypervolume, 0, 1,
                          "1: the trial that adds least to the dominated volume goes (SMS-EMOA)")},
       .make = &make_from<Nsga2Options, make_nsga2>},
      {.name = "random",
       .summary = "independent draws, each parameter on its own scale",
       .source = "Bergstra, Bengio 2012",
       .options = {},
       .make = [](Options, const Json&, const space::Space& space, const StudyFacts&) -> Made {
         return make_random(space);
       }},
      {.name = "refine",
       .summary = "the whole space first, then smaller and smaller boxes around the best; never only the boxes",
       .source = "Yang, Zhang 2021",
       .options = {option("start", &RefineOptions::start, 0, 1000000,
                          "results from the whole space before the first box (0: by the budget)"),
                   option("levels", &RefineOptions::levels, 0, 64,
                          "boxes one after another that the budget is divided among (0: by the budget)"),
                   option("shrink", &RefineOptions::shrink, 0.05, 1,
                          "share of the last box's width below which the next one does not fall"),
                   option("global_share", &RefineOptions::global_share, 0.01, 1,
                          "share of the later points that stay spread over the whole space")},
       .make = &make_from<RefineOptions, make_refine>},
      {.name = "sobol",
       .summary = "points that cover every parameter's range evenly",
       .source = "Joe, Kuo 2008; Owen 1995",
       .options = {},
       .make = [](Options, const Json&, const space::Space& space, const StudyFacts& facts) -> Made {
         return make_sobol(space, facts.seed);
       }},
      {.name = "tpe",
       .summary = "learns where good trials lie; a safe choice from about 20 trials up",
       .source = "Bergstra et al. 2011; Watanabe 2023",
       .options =
           {option("startup_trials", &TpeOptions::startup_trials, 1, 10000, "first trials of the study, spread evenly"),
            option("candidates", &TpeOptions::candidates, 1, 1000, "points drawn and scored for each suggestion"),
            option("good_share", &TpeOptions::good_share, 0.01, 0.5, "share of the history that counts as good")},
       .make = &make_from<TpeOptions, make_tpe>,
       .is_steered = true},
  };
}

const base::Registry<Row>& table() {
  static const base::Registry<Row> kTable("sampler", "{name: grid, points: 3}", rows());
  return kTable;
}

}  // namespace

std::span<const Row> registry() { return table().rows(); }
const Row* find(std::string_view name) { return table().find(name); }
std::vector<std::string> names() { return table().names(); }
Json schema() { return table().schema(); }

base::Result<std::unique_ptr<Sampler>> make(std::string_view name, const space::Space& space, const Json& options,
                                            const StudyFacts& facts) {
  STERLET_TRY(const Row* row, table().get(name, options));
  STERLET_TRY(auto sampler, row->make(row->options, options, space, facts));
  if (facts.priors.empty()) return sampler;
  if (row->is_steered) return make_probing(std::move(sampler), space, facts.priors);
  return make_steered(std::move(sampler), space, facts.priors);
}

}  // namespace sterlet::samplers
