#include <array>

#include <fmt/format.h>

#include "sterlet/practices/checks.h"

namespace sterlet::practices {

namespace {

// Budgets in times of one full training on one core; half of what tuning gains lies in live parameters.
constexpr std::array kBudgets{0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 8.0, 16.0, 32.0};
constexpr double kTraining = 1000;
constexpr int kCores = 8;

plan::Facts facts_for(double budget, int cores) {
  plan::Facts facts;
  facts.step_seconds = kTraining / 100;
  facts.steps = 100;
  facts.pilot_seconds = 60;
  facts.value = 0.2;
  facts.slope = -0.02;
  facts.live_share = 0.5;
  facts.machine.cores = cores;
  facts.budget.seconds = budget * kTraining;
  return facts;
}

}  // namespace

// With growing compute the choice flips once, from the one model to the many, and earlier with more cores.
Finding plan_choice(const Parts& parts) {
  std::array<double, 2> first{};  // The smallest budget of caviar, with one core and with many.
  int flips = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    plan::Strategy last = plan::Strategy::kBabysit;
    for (const double budget : kBudgets) {
      const plan::Strategy now = parts.make_plan(facts_for(budget, i == 0 ? 1 : kCores)).chosen().strategy;
      flips += now != last ? 1 : 0;
      if (now == plan::Strategy::kParallel && first[i] == 0) first[i] = budget;
      last = now;
    }
  }
  const bool are_inside = first[0] > kBudgets.front() && first[1] > kBudgets.front() && first[1] <= first[0];
  return {.holds = flips == 2 && are_inside,
          .figure = fmt::format("caviar from {:.3g} trainings on with 1 core, from {:.3g} with {}", first[0], first[1],
                                kCores),
          .numbers = {{"one_core", first[0]}, {"eight_cores", first[1]}, {"flips", flips}}};
}

}  // namespace sterlet::practices
