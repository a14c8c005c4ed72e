#include "sterlet/pruners/registry.h"

#include "sterlet/base/registry.h"
#include "sterlet/pruners/asha.h"
#include "sterlet/pruners/curve.h"
#include "sterlet/pruners/hyperband.h"
#include "sterlet/pruners/none.h"
#include "sterlet/pruners/patient.h"
#include "sterlet/pruners/percentile.h"
#include "sterlet/pruners/threshold.h"
#include "sterlet/pruners/wilcoxon.h"

namespace sterlet::pruners {

namespace {

using base::Json;
using base::Option;
using base::option;
using Made = base::Result<std::unique_ptr<Pruner>>;
using Options = std::span<const Option>;

constexpr double kStepsMax = 1e12;
constexpr double kTrialsMax = 1'000'000;
constexpr double kValueMax = 1e300;

/// What makes a pruner of one objective from its options, with or without the study's setting.
template <typename PrunerOptions, auto kMake>
Made make_from(Options options, const Json& values, const StudyFacts& facts) {
  if constexpr (std::is_invocable_v<decltype(kMake), const PrunerOptions&, const StudyFacts&>) {
    return kMake(base::read_options<PrunerOptions>(options, values), facts);
  } else {
    return kMake(base::read_options<PrunerOptions>(options, values));
  }
}

Made make_median(Options options, const Json& values, const StudyFacts& facts) {
  auto read = base::read_options<PercentileOptions>(options, values);
  read.percentile = 50;
  return make_percentile(read, facts);
}

Made make_patient_around(Options options, const Json& values, const StudyFacts& facts) {
  const Json choice = values.value("wraps", Json("none"));
  std::unique_ptr<Pruner> wrapped;
  if (choice != Json("none")) {
    STERLET_TRY(wrapped, make(choice, facts));
  }
  return make_patient(base::read_options<PatientOptions>(options, values), std::move(wrapped), facts);
}

std::vector<Option> median_options() {
  return {option("startup_trials", &PercentileOptions::startup_trials, 1, kTrialsMax,
                 "no decision at a step that fewer other trials have reached"),
          option("warmup_steps", &PercentileOptions::warmup_steps, 0, kStepsMax, "no decision up to this step"),
          option("interval", &PercentileOptions::interval, 1, kStepsMax, "decisions only every so many steps")};
}

std::vector<Option> percentile_options() {
  std::vector<Option> options = median_options();
  options.insert(options.begin(), option("percentile", &PercentileOptions::percentile, 0.1, 99.9,
                                         "trials in this best part (in %) of those at the step go on"));
  return options;
}

template <typename HalvingOptions>
Option eta_option() {
  return option("eta", &HalvingOptions::eta, 1.5, 16, "one in eta goes on at each rung, and rungs are eta times apart");
}

template <typename HalvingOptions>
Option min_steps_option() {
  return option("min_steps", &HalvingOptions::min_steps, 1, kStepsMax, "the first rung");
}

std::vector<Row> rows() {
  return {
      {.name = "none",
       .summary = "lets every trial run to its end",
       .source = "",
       .options = {},
       .make = [](Options, const Json&, const StudyFacts&) -> Made { return make_none(); }},
      {.name = "median",
       .summary = "stops a trial whose best is worse than the median of the others at the same step",
       .source = "Golovin et al. 2017",
       .options = median_options(),
       .make = &make_median},
      {.name = "percentile",
       .summary = "as median, with any share of trials to keep",
       .source = "Golovin et al. 2017",
       .options = percentile_options(),
       .make = &make_from<PercentileOptions, make_percentile>},
      {.name = "threshold",
       .summary = "stops a trial whose value leaves fixed limits, or is NaN",
       .source = "",
       .options = {option("lower", &ThresholdOptions::lower, -kValueMax, kValueMax, "the least value that is right"),
                   option("upper", &ThresholdOptions::upper, -kValueMax, kValueMax, "the largest value that is right"),
                   option("warmup_steps", &ThresholdOptions::warmup_steps, 0, kStepsMax,
                          "no decision up to this step")},
       .make = &make_from<ThresholdOptions, make_threshold>},
      {.name = "patient",
       .summary = "stops a trial that has not improved for some reports, if another pruner would stop it too",
       .source = "Prechelt 1998",
       .options = {option("patience", &PatientOptions::patience, 1, kStepsMax,
                          "reports without improvement that are borne"),
                   option("min_delta", &PatientOptions::min_delta, 0, kValueMax, "less than this is no improvement"),
                   base::choice_option(
                       "wraps", "none", "#/$defs/pruner",
                       "the other pruner, by name or as {name: ..., ...}; none: standing still is enough")},
       .make = &make_patient_around},
      {.name = "wilcoxon",
       .summary = "for steps that are instances: stops a trial that is worse than the best on those both have done",
       .source = "Wilcoxon 1945",
       .options = {option("p_threshold", &WilcoxonOptions::p_threshold, 1e-6, 0.999,
                          "a smaller p-value ends the trial; reasons call it the limit"),
                   option("startup_steps", &WilcoxonOptions::startup_steps, 1, 1'000'000,
                          "no decision on fewer pairs")},
       .make = &make_from<WilcoxonOptions, make_wilcoxon>},
      {.name = "asha",
       .summary = "successive halving: at rungs eta times apart only the best 1/eta go on",
       .source = "Li et al. 2020",
       .options = {eta_option<AshaOptions>(), min_steps_option<AshaOptions>(),
                   option(
                       "max_steps", &AshaOptions::max_steps, 0, kStepsMax,
                       "steps of a full run, where nobody pauses; 0: those of the longest trial that ended complete"),
                   option("promote", &AshaOptions::promote,
                          "whether trials pause at rungs and go on from their checkpoints once they are among the "
                          "best")},
       .make = &make_from<AshaOptions, make_asha>},
      {.name = "hyperband",
       .summary = "several successive halvings that begin at different steps",
       .source = "Li et al. 2018",
       .options = {eta_option<HyperbandOptions>(), min_steps_option<HyperbandOptions>(),
                   option("max_steps", &HyperbandOptions::max_steps, 0, kStepsMax,
                          "steps of a full run; 0: those of the first trial that ends complete")},
       .make = &make_from<HyperbandOptions, make_hyperband>},
      {.name = "curve",
       .summary = "extrapolates each learning curve and stops a trial that will hardly beat the best",
       .source = "Domhan et al. 2015",
       .options = {option(
                       "chance", &CurveOptions::chance, 1e-6, 0.9,
                       "a trial ends where its chance to beat the best is smaller than this limit, or than 0.4 of it "
                       "until 10 trials have ended complete"),
                   option("max_steps", &CurveOptions::max_steps, 0, kStepsMax,
                          "steps of a full run; 0: those of the longest trial that ended complete"),
                   option("min_steps", &CurveOptions::min_steps, 0, kStepsMax,
                          "no decision before this step; 0: a twentieth of a full run, at least 2 reports"),
                   option("startup_trials", &CurveOptions::startup_trials, 1, kTrialsMax,
                          "no decision until so many trials have ended complete"),
                   option("protect", &CurveOptions::protect, 0, 1000,
                          "so many that were the best at a step are not pruned there; at first one, and one more for "
                          "every 5 trials that have ended complete")},
       .make = &make_from<CurveOptions, make_curve>},
  };
}

const base::Registry<Row>& table() {
  static const base::Registry<Row> kTable("pruner", "{name: asha, eta: 4}", rows());
  return kTable;
}

Made make_row(const Row& row, const Json& options, const StudyFacts& facts) {
  if (facts.objective_count > 1 && row.name != "none") {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      fmt::format("pruner {} compares trials by one objective, but the study has {}", row.name,
                                  facts.objective_count),
                      "write pruner: none, or keep one objective");
  }
  return row.make(row.options, options, facts);
}

}  // namespace

std::span<const Row> registry() { return table().rows(); }
const Row* find(std::string_view name) { return table().find(name); }
std::vector<std::string> names() { return table().names(); }
Json schema() { return table().schema(); }

Made make(std::string_view name, const Json& options, const StudyFacts& facts) {
  STERLET_TRY(const Row* row, table().get(name, options));
  return make_row(*row, options, facts);
}

Made make(const Json& choice, const StudyFacts& facts) {
  STERLET_TRY(const auto chosen, table().choose(choice));
  return make_row(*chosen.row, chosen.options, facts);
}

}  // namespace sterlet::pruners
