#include <cmath>

#include <fmt/format.h>

#include "sterlet/math/median.h"
#include "sterlet/practices/checks.h"
#include "sterlet/practices/search.h"

namespace sterlet::practices {

namespace {
constexpr std::uint64_t kRepetitions = 200;
}  // namespace

// The best learning rate is 0.001, and two more parameters matter. Linearly, one point in a hundred lies below 0.01.
Finding wrong_scale_refine(const Parts& parts) {
  std::vector<double> random_wrong_off, random_right_off, wrong_off, right_off;
  for (std::uint64_t seed = 0; seed < kRepetitions; ++seed) {
    const std::vector<double> optimum = hidden_place(seed, 2);
    const auto decades = [](const std::vector<double>& point) { return std::log10(point[0] / 1e-3); };
    const Objective valley = [&](const std::vector<double>& point) {
      return std::pow(decades(point) / 4, 2) + std::pow(point[1] - optimum[0], 2) + std::pow(point[2] - optimum[1], 2);
    };
    const auto off = [&](std::string_view sampler, space::Scale scale) -> base::Result<double> {
      const space::Space space = space_of({learning_rate(scale), {.name = "a"}, {.name = "b"}});
      STERLET_TRY(const auto best,
                  best_of_search(parts, space, {.sampler = sampler, .seed = seed, .trials = 100}, valley));
      return std::abs(decades(best));
    };
    const auto random_wrong = off("random", space::Scale::kLinear), random_right = off("random", space::Scale::kLog);
    const auto wrong = off("refine", space::Scale::kLinear), right = off("refine", space::Scale::kLog);
    for (const auto* result : {&random_wrong, &random_right, &wrong, &right}) {
      if (!*result) return broken(result->error());
    }
    random_wrong_off.push_back(*random_wrong);
    random_right_off.push_back(*random_right);
    wrong_off.push_back(*wrong);
    right_off.push_back(*right);
  }
  const double random_wrong = math::median_of(random_wrong_off), random_right = math::median_of(random_right_off);
  const double wrong = math::median_of(wrong_off), right = math::median_of(right_off);
  return {
      .holds = random_wrong > 1 && random_right < random_wrong / 3 && wrong < random_wrong / 20 && wrong < 3 * right,
      .figure = fmt::format("off by {:.3f} decades, on the log scale {:.3f}; random {:.2f} and {:.2f}", wrong, right,
                            random_wrong, random_right),
      .numbers = {{"refine_linear_decades", wrong},
                  {"refine_log_decades", right},
                  {"random_linear_decades", random_wrong},
                  {"random_log_decades", random_right},
                  {"repetitions", kRepetitions}}};
}

}  // namespace sterlet::practices
