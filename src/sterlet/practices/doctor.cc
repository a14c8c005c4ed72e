#include <array>
#include <cmath>

#include <fmt/format.h>

#include "sterlet/practices/checks.h"
#include "sterlet/practices/search.h"
#include "sterlet/space/axis.h"

namespace sterlet::practices {

namespace {

constexpr std::uint64_t kStudies = 20;
constexpr std::int64_t kTrials = 60;
constexpr std::array kScales = {space::Scale::kLinear, space::Scale::kLog};

}  // namespace

// A learning rate that acts evenly on one scale and is drawn on either, beside two other parameters.
Finding doctor(const Parts& parts) {
  int right = 0, sure_and_wrong = 0, studies = 0;
  for (std::uint64_t seed = 0; seed < kStudies; ++seed) {
    for (const space::Scale drawn : kScales) {
      const space::Scale truth = kScales[seed % 2];
      const std::vector<double> optimum = hidden_place(seed, 3);
      const auto on = [&](space::Scale scale, double rate) { return parts.unit_of(learning_rate(scale), rate); };
      const Objective objective = [&](const std::vector<double>& point) {
        return distance({on(truth, point[0]), point[1], point[2]}, optimum);
      };
      const space::Space space = space_of({learning_rate(drawn), {.name = "a"}, {.name = "b"}});
      const auto points = run_search(parts, space, {.sampler = "random", .seed = seed, .trials = kTrials}, objective);
      if (!points) return broken(points.error());
      analysis::ScaleQuestion question{.candidates = std::vector<std::vector<double>>(kScales.size()),
                                       .current = drawn == kScales[0] ? std::size_t{0} : std::size_t{1}};
      question.rest.ordered.resize(2);
      for (const std::vector<double>& point : *points) {
        for (std::size_t k = 0; k < kScales.size(); ++k) question.candidates[k].push_back(on(kScales[k], point[0]));
        question.rest.ordered[0].push_back(point[1]);
        question.rest.ordered[1].push_back(point[2]);
        question.rest.results.push_back(objective(point));
      }
      const analysis::ScaleVerdict verdict = parts.judge_scale(question);
      const bool is_right = kScales[verdict.best()] == truth;
      right += is_right ? 1 : 0;
      sure_and_wrong += !is_right && verdict.probabilities[verdict.best()] > 0.95 ? 1 : 0;
      ++studies;
    }
  }
  return {.holds = right >= 0.9 * studies && sure_and_wrong <= 0.02 * studies,
          .figure = fmt::format("right in {} of {} studies, sure and wrong in {}", right, studies, sure_and_wrong),
          .numbers = {{"right", right}, {"sure_and_wrong", sure_and_wrong}, {"studies", studies}, {"trials", kTrials}}};
}

}  // namespace sterlet::practices
