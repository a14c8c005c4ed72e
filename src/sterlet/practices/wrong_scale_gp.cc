#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sterlet/math/median.h"
#include "sterlet/practices/checks.h"
#include "sterlet/practices/search.h"

namespace sterlet::practices {

namespace {

constexpr std::int64_t kTrials = 60;

// A best learning rate of 0.002 beside two parameters of less weight; the loss is smooth in the logarithm of the rate.
double loss_of(const std::vector<double>& point, const std::vector<double>& optimum) {
  const double decades = std::log10(point[0] / 2e-3);
  return decades * decades / 16 + std::pow(point[1] - optimum[0], 2) / 4 + std::pow(point[2] - optimum[1], 2) / 4;
}

// After each trial the best so far, the median over searches that differ in their seed and their optimum.
base::Result<std::vector<double>> progress(const Parts& parts, std::string_view sampler, space::Scale scale,
                                           std::uint64_t repetitions) {
  const space::Space space = space_of({learning_rate(scale), {.name = "a"}, {.name = "b"}});
  std::vector<std::vector<double>> best_after(kTrials);
  for (std::uint64_t seed = 0; seed < repetitions; ++seed) {
    const std::vector<double> optimum = hidden_place(seed, 2);
    const Objective loss = [&](const std::vector<double>& point) { return loss_of(point, optimum); };
    STERLET_TRY(const auto points,
                run_search(parts, space, {.sampler = sampler, .seed = seed, .trials = kTrials}, loss));
    double best = loss(points.front());
    for (std::size_t i = 0; i < points.size(); ++i) {
      best = std::min(best, loss(points[i]));
      best_after[i].push_back(best);
    }
  }
  std::vector<double> medians;
  for (const std::vector<double>& values : best_after) medians.push_back(math::median_of(values));
  return medians;
}

struct Scales {
  std::vector<double> right, wrong;

  /// The share of its trials that the right scale does without to come as far as the wrong one comes with all of them.
  double lost() const {
    const auto enough = std::find_if(right.begin(), right.end(), [&](double best) { return best <= wrong.back(); });
    return 1 - static_cast<double>(std::min<std::int64_t>(enough - right.begin() + 1, kTrials)) / kTrials;
  }
};

base::Result<Scales> on_both(const Parts& parts, std::string_view sampler, std::uint64_t repetitions) {
  Scales scales;
  STERLET_TRY(scales.right, progress(parts, sampler, space::Scale::kLog, repetitions));
  STERLET_TRY(scales.wrong, progress(parts, sampler, space::Scale::kLinear, repetitions));
  return scales;
}

// Random points must lose much, else the wrong scale was none; and the model must gain much over them, since one that
// learns nothing has nothing to lose.
Finding loses_little(const Parts& parts, std::string_view sampler, std::uint64_t repetitions) {
  const auto random = on_both(parts, "random", 200), model = on_both(parts, sampler, repetitions);
  if (!random) return broken(random.error());
  if (!model) return broken(model.error());
  const double gain = random->right.back() / model->right.back();
  return {
      .holds = model->lost() <= 0.2 && random->lost() >= 0.5 && gain >= 10,
      .figure = fmt::format("{} loses {:.0f}% of {} trials, random {:.0f}%", sampler, 100 * model->lost(), kTrials,
                            100 * random->lost()),
      .numbers = {
          {"lost", model->lost()}, {"random_lost", random->lost()}, {"gain_over_random", gain}, {"trials", kTrials}}};
}

}  // namespace

Finding wrong_scale_gp(const Parts& parts) { return loses_little(parts, "gp", 20); }

}  // namespace sterlet::practices
