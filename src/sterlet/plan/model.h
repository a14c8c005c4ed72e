#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/plan/facts.h"

namespace sterlet::plan {

enum class Strategy { kParallel, kBabysit };
/// As in study files: parallel, babysit.
std::string_view text_of(Strategy strategy);

/// The 10%, 50% and 90% quantiles of what was simulated.
using Range = std::array<double, 3>;

/// One way to spend the budget.
struct Choice {
  Strategy strategy = Strategy::kParallel;
  std::string pruner = "none";  ///< With kParallel.
  int slots = 1;                ///< Trials beside each other.
  Range trials{};               ///< That begin; with kBabysit the changes that can be tried.
  Range hours{};                ///< Until all have ended.
  Range expected{};        ///< The best value, less being better. In units of Facts::value; without that, relative.
  double wins = 0;         ///< Share of simulations in which it is the best of all choices.
  double empty = 0;        ///< Share of simulations in which nothing is trained to its end in the budget.
  std::int64_t steps = 0;  ///< With kBabysit: steps that the budget pays for.
};

/// Another amount of something with which another strategy would be chosen.
struct Flip {
  std::string when;  ///< "1 core", "a budget of 2m".
  Strategy to = Strategy::kParallel;
};

struct Plan {
  std::vector<Choice> choices;  ///< All that were looked at.
  std::size_t best = 0;         ///< Index of the one to take.
  std::vector<Flip> flips;      ///< The nearest on each side, of budget and of cores or GPUs.
  const Choice& chosen() const { return choices[best]; }
};

/// How many trials run at once: what cores, GPUs and nine tenths of the memory have room for, or what the user wants;
/// 1 where trials beside each other gain nothing. >= 1.
int slots_for(const Facts& facts);

/// Simulates the choices; docs/plan.md has the equations. Pure: equal facts give an equal plan.
/// Needs a budget of trials or of time.
Plan make_plan(const Facts& facts);

}  // namespace sterlet::plan
