// Tunes a function in this process, three times: by the default sampler, by random points as fast as they come, and by a
// sampler alone. Use: example-cpp-library [RANDOM-TRIALS]
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include <sterlet/sterlet.hpp>

namespace {

// A loss with a narrow valley: good learning rates are near 0.01, and larger ones go with more momentum.
double loss_of(const sterlet::Params& params) {
  const double rate = *params.number("learning_rate"), momentum = *params.number("momentum");
  const auto layers = *params.integer("layers");
  const double off = std::log10(rate / 0.01) - std::log10((1 - momentum) / 0.1);
  return off * off + 0.1 * std::abs(std::log10(rate / 0.01)) + 0.05 * std::abs(static_cast<double>(layers) - 3);
}

sterlet::Space declared_space() {
  sterlet::Space space;
  space.add_float("learning_rate", 1e-5, 1, sterlet::Scale::kLog);
  space.add_float("momentum", 0.5, 0.999, sterlet::Scale::kReverseLog);
  space.add_int("layers", 1, 8);
  return space;
}

void show_best(const sterlet::Study& study) {
  const sterlet::TrialRecord best = *study.best();
  std::cout << "best of " << study.name() << ": trial " << best.number << ", loss " << best.values.front()
            << " at learning_rate=" << *best.params.number("learning_rate")
            << " momentum=" << *best.params.number("momentum") << " layers=" << *best.params.integer("layers") << "\n";
}

void tune(const sterlet::Space& space) {
  sterlet::Study study = *sterlet::Study::open(space, {.name = "auto", .trials = 60, .seed = 1});
  while (const auto trial = study.ask()) study.tell(trial->number, loss_of(trial->params)).value();
  show_best(study);
}

void draw(const sterlet::Space& space, int trials) {
  sterlet::Study study =
      *sterlet::Study::open(space, {.name = "random", .sampler = "random", .trials = trials, .seed = 1});
  const auto start = std::chrono::steady_clock::now();
  while (const auto trial = study.ask()) study.tell(trial->number, loss_of(trial->params)).value();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  show_best(study);
  std::cout << trials << " random trials at " << std::llround(trials / seconds.count()) << " a second\n";
}

void suggest(const sterlet::Space& space) {
  const sterlet::Sampler sampler = *sterlet::Sampler::make(space, {.algorithm = "tpe", .seed = 1});
  std::vector<sterlet::Observation> history;
  double least = HUGE_VAL;
  for (int i = 0; i < 40; ++i) {
    const sterlet::Suggestion next = *sampler.suggest(history);
    const double loss = loss_of(next.params);
    least = std::fmin(least, loss);
    history.push_back({.params = next.params,
                       .origin = next.origin,
                       .outcome = sterlet::Observation::Outcome::kComplete,
                       .values = {loss}});
  }
  std::cout << "a sampler alone: loss " << least << " after " << history.size() << "\n";
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const sterlet::Space space = declared_space();
    tune(space);
    draw(space, argc > 1 ? std::atoi(argv[1]) : 200000);  // check: a number typed by hand
    suggest(space);
  } catch (const sterlet::Failure& failure) {
    std::cerr << "example-cpp-library: " << failure.what() << "\n";
    return 1;
  }
}
