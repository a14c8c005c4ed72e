#include <array>

#include "sterlet/analysis/fanova.h"
#include "sterlet/practices/checks.h"
#include "sterlet/space/axis.h"

namespace sterlet::practices {

std::span<const Claim> claims() {
  static const std::array<Claim, 14> table{{
      {"grid-values", "in 25 trials of two parameters a grid sees 5 learning rates, random points 25", &grid_values},
      {"random-beats-grid", "where one parameter matters, the best of 25 random points is better than the grid's",
       &random_beats_grid},
      {"even-cover", "32 Sobol points put one into each 32nd of the range, random ones leave a third empty",
       &even_cover},
      {"log-scale", "of learning rates from 0.0001 to 1, 90% lie above 0.1 on a linear scale, 25% on a log scale",
       &log_scale},
      {"reverse-log-scale", "of betas from 0.9 to 0.999, half lie above 0.99 on a reverse_log scale, 9% on a linear",
       &reverse_log_scale},
      {"average-window",
       "0.9 to 0.9005 leaves a moving average at 10 values, 0.999 to 0.9995 takes it from 1,000 to 2,000",
       &average_window},
      {"coarse-to-fine",
       "100 trials of refine come ten times nearer to an optimum of three parameters than random ones",
       &coarse_to_fine},
      {"never-cut-off", "a deep basin of 2% of the space is found as often as refine's global points alone would",
       &never_cut_off},
      {"wrong-scale-refine", "refine makes up for a learning rate given on a linear scale, as random points do not",
       &wrong_scale_refine},
      {"wrong-scale-gp",
       "on a linear scale a Gaussian process loses at most a fifth of its trials' worth, random points most of it",
       &wrong_scale_gp},
      {"tiers", "where importance falls from tier to tier, 300 trials measure it: four of nine parameters carry most",
       &tiers},
      {"doctor", "60 trials tell the scale a learning rate acts evenly on, whichever it was drawn on", &doctor},
      {"stale-optimum", "other data rust an optimum: of 40 old trials at most 15 need a second look to tell so",
       &stale_optimum},
      {"plan", "with growing compute the choice flips once, from one model raised to many, and earlier with more cores",
       &plan_choice},
  }};
  return table;
}

Parts real_parts() {
  return {.make_sampler = &samplers::make,
          .unit_of = [](const space::Parameter& parameter, double value) { return space::Axis(parameter).unit(value); },
          .average_step = [](double beta, double average, double value) { return beta * average + (1 - beta) * value; },
          .variance_shares =
              [](const analysis::TrialTable& table) {
                std::vector<double> shares;
                for (const auto& share : analyse_variance(table, fit_forest(table, {}), 1).shares) {
                  shares.push_back(share.value);
                }
                return shares;
              },
          .judge_retest = &analysis::judge_retest,
          .judge_scale = &analysis::judge_scale,
          .make_plan = &plan::make_plan};
}

Finding broken(const base::Error& error) { return {.holds = false, .figure = error.message()}; }

}  // namespace sterlet::practices
