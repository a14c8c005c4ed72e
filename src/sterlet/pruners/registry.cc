#include "sterlet/pruners/registry.h"

#include <array>
#include <optional>

#include <fmt/format.h>

#include "sterlet/base/text.h"
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
using Made = base::Result<std::unique_ptr<Pruner>>;

constexpr double kStepsMax = 1e12;
constexpr double kValueMax = 1e300;

std::int64_t whole(const Json& options, const char* name, std::int64_t otherwise) {
  return options.value(name, otherwise);
}

PercentileOptions percentile_options(const Json& options, double percentile) {
  const PercentileOptions defaults;
  return {.percentile = percentile,
          .startup_trials = whole(options, "startup_trials", defaults.startup_trials),
          .warmup_steps = whole(options, "warmup_steps", defaults.warmup_steps),
          .interval = whole(options, "interval", defaults.interval)};
}

std::vector<Option> with_percentile_options(std::vector<Option> first) {
  const PercentileOptions defaults;
  first.push_back({.name = "startup_trials",
                   .summary = "no decision at a step that fewer other trials have reached",
                   .default_value = defaults.startup_trials,
                   .low = 1,
                   .high = 1000000});
  first.push_back({.name = "warmup_steps",
                   .summary = "no decision up to this step",
                   .default_value = defaults.warmup_steps,
                   .low = 0,
                   .high = kStepsMax});
  first.push_back({.name = "interval",
                   .summary = "decisions only every so many steps",
                   .default_value = defaults.interval,
                   .low = 1,
                   .high = kStepsMax});
  return first;
}

Option eta_option(double otherwise) {
  return {.name = "eta",
          .summary = "one in eta goes on at each rung, and rungs are eta times apart",
          .default_value = otherwise,
          .low = 1.5,
          .high = 16};
}

Option min_steps_option(std::int64_t otherwise) {
  return {.name = "min_steps", .summary = "the first rung", .default_value = otherwise, .low = 1, .high = kStepsMax};
}

std::optional<double> number(const Json& options, const char* name) {
  const auto found = options.find(name);
  return found == options.end() || found->is_null() ? std::nullopt : std::optional(found->get<double>());
}

const std::array<Row, 9>& rows() {
  static const std::array<Row, 9> table{{
      {.name = "none",
       .summary = "lets every trial run to its end",
       .source = "",
       .options = {},
       .make = [](const Json&, const Setting&) -> Made { return make_none(); }},
      {.name = "median",
       .summary = "stops a trial whose best is worse than the median of the others at the same step",
       .source = "Golovin et al. 2017",
       .options = with_percentile_options({}),
       .make = [](const Json& options, const Setting& setting) -> Made {
         return make_percentile(percentile_options(options, 50), setting);
       }},
      {.name = "percentile",
       .summary = "as median, with any share of trials to keep",
       .source = "Golovin et al. 2017",
       .options = with_percentile_options({{.name = "percentile",
                                            .summary = "trials in this best part (in %) of those at the step go on",
                                            .default_value = PercentileOptions{}.percentile,
                                            .low = 0.1,
                                            .high = 99.9}}),
       .make = [](const Json& options, const Setting& setting) -> Made {
         return make_percentile(
             percentile_options(options, options.value("percentile", PercentileOptions{}.percentile)), setting);
       }},
      {.name = "threshold",
       .summary = "stops a trial whose value leaves fixed limits, or is NaN",
       .source = "",
       .options = {{.name = "lower",
                    .summary = "the least value that is right",
                    .default_value = nullptr,
                    .low = -kValueMax,
                    .high = kValueMax},
                   {.name = "upper",
                    .summary = "the largest value that is right",
                    .default_value = nullptr,
                    .low = -kValueMax,
                    .high = kValueMax},
                   {.name = "warmup_steps",
                    .summary = "no decision up to this step",
                    .default_value = ThresholdOptions{}.warmup_steps,
                    .low = 0,
                    .high = kStepsMax}},
       .make = [](const Json& options, const Setting& setting) -> Made {
         return make_threshold({.lower = number(options, "lower"),
                                .upper = number(options, "upper"),
                                .warmup_steps = whole(options, "warmup_steps", 0)},
                               setting);
       }},
      {.name = "patient",
       .summary = "stops a trial that has not improved for some reports, if another pruner would stop it too",
       .source = "Prechelt 1998",
       .options = {{.name = "patience",
                    .summary = "reports without improvement that are borne",
                    .default_value = PatientOptions{}.patience,
                    .low = 1,
                    .high = kStepsMax},
                   {.name = "min_delta",
                    .summary = "less than this is no improvement",
                    .default_value = PatientOptions{}.min_delta,
                    .low = 0,
                    .high = kValueMax},
                   {.name = "wraps",
                    .summary = "the other pruner, by name or as {name: ..., ...}; none: standing still is enough",
                    .default_value = "none"}},
       .make = [](const Json& options, const Setting& setting) -> Made {
         const Json choice = options.value("wraps", Json("none"));
         std::unique_ptr<Pruner> wrapped;
         if (choice != Json("none")) {
           STERLET_TRY(wrapped, make(choice, setting));
         }
         return make_patient({.patience = whole(options, "patience", PatientOptions{}.patience),
                              .min_delta = options.value("min_delta", PatientOptions{}.min_delta)},
                             std::move(wrapped), setting);
       }},
      {.name = "wilcoxon",
       .summary = "for steps that are instances: stops a trial that is worse than the best on those both have done",
       .source = "Wilcoxon 1945",
       .options = {{.name = "p_threshold",
                    .summary = "a smaller p-value ends the trial",
                    .default_value = WilcoxonOptions{}.p_threshold,
                    .low = 1e-6,
                    .high = 0.999},
                   {.name = "startup_steps",
                    .summary = "no decision on fewer pairs",
                    .default_value = WilcoxonOptions{}.startup_steps,
                    .low = 1,
                    .high = 1000000}},
       .make = [](const Json& options, const Setting&) -> Made {
         return make_wilcoxon({.p_threshold = options.value("p_threshold", WilcoxonOptions{}.p_threshold),
                               .startup_steps = whole(options, "startup_steps", WilcoxonOptions{}.startup_steps)});
       }},
      {.name = "asha",
       .summary = "successive halving: at rungs eta times apart only the best 1/eta go on",
       .source = "Li et al. 2020",
       .options =
           {eta_option(AshaOptions{}.eta),
            min_steps_option(AshaOptions{}.min_steps),
            {.name = "max_steps",
             .summary = "steps of a full run, where nobody pauses; 0: those of the longest trial that ended complete",
             .default_value = AshaOptions{}.max_steps,
             .low = 0,
             .high = kStepsMax},
            {.name = "promote",
             .summary = "whether trials pause at rungs and go on from their checkpoints once they are among the best",
             .default_value = AshaOptions{}.promote}},
       .make = [](const Json& options, const Setting&) -> Made {
         return make_asha({.eta = options.value("eta", AshaOptions{}.eta),
                           .min_steps = whole(options, "min_steps", AshaOptions{}.min_steps),
                           .max_steps = whole(options, "max_steps", AshaOptions{}.max_steps),
                           .promote = options.value("promote", AshaOptions{}.promote)});
       }},
      {.name = "hyperband",
       .summary = "several successive halvings that begin at different steps",
       .source = "Li et al. 2018",
       .options = {eta_option(HyperbandOptions{}.eta),
                   min_steps_option(HyperbandOptions{}.min_steps),
                   {.name = "max_steps",
                    .summary = "steps of a full run; 0: those of the first trial that ends complete",
                    .default_value = HyperbandOptions{}.max_steps,
                    .low = 0,
                    .high = kStepsMax}},
       .make = [](const Json& options, const Setting& setting) -> Made {
         return make_hyperband({.eta = options.value("eta", HyperbandOptions{}.eta),
                                .min_steps = whole(options, "min_steps", HyperbandOptions{}.min_steps),
                                .max_steps = whole(options, "max_steps", HyperbandOptions{}.max_steps)},
                               setting);
       }},
      {.name = "curve",
       .summary = "extrapolates each learning curve and stops a trial that will hardly beat the best",
       .source = "Domhan et al. 2015",
       .options = {{.name = "chance",
                    .summary = "a trial ends where its chance to beat the best is smaller",
                    .default_value = CurveOptions{}.chance,
                    .low = 1e-6,
                    .high = 0.9},
                   {.name = "max_steps",
                    .summary = "steps of a full run; 0: those of the longest trial that ended complete",
                    .default_value = CurveOptions{}.max_steps,
                    .low = 0,
                    .high = kStepsMax},
                   {.name = "min_steps",
                    .summary = "no decision before this step; 0: a twentieth of a full run, at least 3 reports",
                    .default_value = CurveOptions{}.min_steps,
                    .low = 0,
                    .high = kStepsMax},
                   {.name = "startup_trials",
                    .summary = "no decision until so many trials have ended complete",
                    .default_value = CurveOptions{}.startup_trials,
                    .low = 1,
                    .high = 1000000},
                   {.name = "protect",
                    .summary = "so many that were the best at a step are not pruned there",
                    .default_value = CurveOptions{}.protect,
                    .low = 0,
                    .high = 1000}},
       .make = [](const Json& options, const Setting& setting) -> Made {
         const CurveOptions defaults;
         return make_curve({.chance = options.value("chance", defaults.chance),
                            .max_steps = whole(options, "max_steps", defaults.max_steps),
                            .min_steps = whole(options, "min_steps", defaults.min_steps),
                            .startup_trials = whole(options, "startup_trials", defaults.startup_trials),
                            .protect = whole(options, "protect", defaults.protect)},
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

Made make(std::string_view name, const Json& options, const Setting& setting) {
  const Row* row = find(name);
  if (row == nullptr) {
    return base::fail(base::ErrorCode::kInvalidArgument, fmt::format("unknown pruner '{}'", base::printable(name)),
                      base::suggest_name(name, names()));
  }
  STERLET_PASS(base::check_options(fmt::format("pruner {}", name), row->options, options, "{name: asha, eta: 4}"));
  if (setting.objective_count > 1 && name != "none") {
    return base::fail(
        base::ErrorCode::kInvalidArgument,
        fmt::format("pruner {} compares trials by one objective, but the study has {}", name, setting.objective_count),
        "write pruner: none, or keep one objective");
  }
  return row->make(options, setting);
}

Made make(const Json& choice, const Setting& setting) {
  if (choice.is_string()) return make(choice.get<std::string>(), Json::object(), setting);
  const bool has_name = choice.is_object() && choice.contains("name") && choice["name"].is_string();
  if (!has_name) {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      fmt::format("a pruner cannot be {}", base::json_line(choice).substr(0, 60)),
                      "write its name, or {name: asha, eta: 4}");
  }
  Json options = choice;
  options.erase("name");
  return make(choice["name"].get<std::string>(), options, setting);
}

}  // namespace sterlet::pruners
