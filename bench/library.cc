// What asking and telling costs a program that uses the library: microseconds of processor time a trial, with random points
// of three hyperparameters of which one is read. Use: sterlet-bench-library [TRIALS]
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "sterlet/sterlet.hpp"

int main(int argc, char** argv) {
  const int trials = argc > 1 ? std::atoi(argv[1]) : 200000;  // check: a number typed by hand
  sterlet::Space space;
  space.add_float("learning_rate", 1e-5, 1, sterlet::Scale::kLog);
  space.add_float("momentum", 0.5, 0.999, sterlet::Scale::kReverseLog);
  space.add_int("layers", 1, 8);
  auto study = sterlet::Study::open(space, {.sampler = "random", .seed = 1});
  const std::clock_t start = std::clock();
  for (int i = 0; i < trials; ++i) {
    const auto trial = study->ask();
    study->tell(trial->number, *trial->params.number("learning_rate")).value();
  }
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  std::printf("%d random trials, asked and told: %.2f us of processor time each\n", trials, seconds / trials * 1e6);
}
