#include "sterlet/samplers/auto.h"

namespace sterlet::samplers {

namespace {

// What one suggestion costs, in seconds, where the machine of bench/RESULTS.md is slow: a quarter above its figures.
double gp_seconds(std::size_t finished) {
  if (finished <= 100) return 0.003;
  return finished <= 300 ? 0.007 : 0.03;
}

bool is_too_short_for_a_model(const Situation& s) {
  return s.trial_seconds > 0 && s.trial_seconds < 100 * gp_seconds(s.finished);
}

}  // namespace

std::span<const PolicyRow> auto_policy() {
  static const std::vector<PolicyRow> rows{
      {.name = "short trials",
       .when = "a trial takes less than 100 times what the gp would",
       .measured = "the gp would cost over 1% of a trial's time; refine costs some microseconds",
       .holds = is_too_short_for_a_model,
       .shares = {{"refine", 20}}},
      {.name = "one objective",
       .when = "always",
       .measured =
           "normalised regret at 25, 50, 100 trials of 15 instances: gp 0.18, -0.04, -0.15; Optuna's gp 0.34, 0.11, "
           "-0.03, its tpe 0.64, 0.41, 0.25",
       .holds = [](const Situation&) { return true; },
       .shares = {{"gp", 20}}},
      {.name = "several objectives",
       .several_objectives = true,
       .when = "always",
       .measured = "no model for several objectives yet",
       .holds = [](const Situation&) { return true; },
       .shares = {{"sobol", 20}}},
  };
  return rows;
}

}  // namespace sterlet::samplers
