#include <algorithm>
#include <cmath>

#include "sterlet/population/explorer.h"

namespace sterlet::population {

namespace {

constexpr int kTriesMax = 32;

double reflected(double u) {
  if (u < 0) u = -u;
  if (u > 1) u = 2 - u;
  return std::clamp(u, 0.0, 1.0);
}

class Perturb final : public Explorer {
 public:
  Perturb(const space::Space& space, const Options& options) : space_(space), options_(options) {}

  space::Point explore(const Question& question) override {
    const std::vector<std::size_t> live = live_dimensions(space_, *question.copied);
    const std::vector<double> unit = space_.to_unit(*question.copied);
    base::RandomStream stream(question.key);
    for (int i = 0; i < kTriesMax; ++i) {
      std::vector<std::pair<std::size_t, double>> units;
      for (const std::size_t dimension : live) {
        units.emplace_back(dimension, move(dimension, question.copied->values[dimension], unit[dimension], stream));
      }
      if (auto point = moved(space_, *question.copied, units); point && *point != *question.copied) return *point;
    }
    return *question.copied;
  }

 private:
  double move(std::size_t dimension, double value, double u, base::RandomStream& stream) const {
    const space::Axis& axis = space_.axis(dimension);
    const double chance = stream.uniform(), fresh = stream.uniform(), direction = stream.uniform() < 0.5 ? -1 : 1;
    if (chance < options_.resample) return fresh;
    const auto levels = axis.level_count();
    if (!axis.ordered()) {
      // Without an order there is no small step; with a live choice alone, a copy that never changes explores nothing.
      return u;
    }
    const double target = reflected(u + direction * options_.move);
    if (!levels || axis.value(target) != value) return target;
    // The step is smaller than the value's cell: on to the neighbour.
    for (const double side : {direction, -direction}) {
      for (std::uint64_t k = 0; k < *levels; ++k) {
        if (axis.level(k) != value) continue;
        const bool is_end = side < 0 ? k == 0 : k + 1 == *levels;
        if (!is_end) return axis.unit(axis.level(side < 0 ? k - 1 : k + 1));
      }
    }
    return u;
  }

  const space::Space& space_;
  const Options& options_;
};

}  // namespace

std::unique_ptr<Explorer> make_perturb(const space::Space& space, const Options& options,
                                       std::span<const std::vector<Standing>>) {
  return std::make_unique<Perturb>(space, options);
}

}  // namespace sterlet::population
