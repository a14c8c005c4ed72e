// How fast one pruning decision is: one measurement a process, its result one line of JSON on stdout.
//
//   sterlet-bench-pruners NAME TRIALS STEPS   TRIALS finished trials of STEPS steps, then the decisions about one more
//                                             that survives every step. As bench/optuna_speed.py pruners does it.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "sterlet/base/rng.h"
#include "sterlet/base/text.h"
#include "sterlet/pruners/registry.h"

namespace {

namespace base = sterlet::base;
namespace pruners = sterlet::pruners;

double loss(double level, std::int64_t step) { return level + 1 / std::sqrt(static_cast<double>(step)); }

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) {
    fmt::print(stderr, "sterlet-bench-pruners NAME TRIALS STEPS\n");
    return 2;
  }
  const std::string name = arguments[1];
  const auto trials = base::parse_integer(arguments[2]).value_or(0);
  const auto steps = base::parse_integer(arguments[3]).value_or(0);
  const auto pruner = pruners::make(name, base::Json::object(), {.seed = 1});
  if (!pruner || trials < 1 || steps < 1) {
    fmt::print(stderr, "{}\n", pruner ? "give whole numbers of at least 1" : pruner.error().message());
    return 2;
  }
  base::RandomStream chance({.seed = 1});
  const auto begin = std::chrono::steady_clock::now();
  for (std::int64_t trial = 0; trial < trials; ++trial) {
    const double level = chance.uniform();
    for (std::int64_t step = 1; step <= steps; ++step) {
      (*pruner)->report({.trial = trial, .step = step, .value = loss(level, step)});
    }
    (*pruner)->finish({.trial = trial, .value = loss(level, steps)});
  }
  const double fill = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  std::vector<double> us;
  for (int round = 0; round < 20; ++round) {
    for (std::int64_t step = 1; step <= steps; ++step) {
      const auto start = std::chrono::steady_clock::now();
      (*pruner)->report({.trial = trials + round, .step = step, .value = loss(-0.1 - 0.01 * round, step)});
      us.push_back(1e6 * std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
  }
  std::sort(us.begin(), us.end());
  double sum = 0;
  for (const double one : us) sum += one;
  fmt::print(
      "{{\"pruner\":\"{}\",\"trials\":{},\"steps\":{},\"mean_us\":{:.3f},\"median_us\":{:.3f},\"p99_us\":{:.3f},"
      "\"fill_us\":{:.3f}}}\n",
      name, trials, steps, sum / static_cast<double>(us.size()), us[us.size() / 2], us[us.size() * 99 / 100],
      1e6 * fill / static_cast<double>(trials * steps));
  return 0;
}
