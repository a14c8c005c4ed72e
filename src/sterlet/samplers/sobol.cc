#include "sterlet/samplers/sobol.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace sterlet::samplers {

namespace {

class Sobol final : public Sampler {
 public:
  Sobol(const space::Space& space, std::uint64_t seed) : space_(space), points_(sobol_points(space, seed)) {}

  Suggestion suggest(const space::History& history, const base::StreamKey& key) const override {
    const auto picked = static_cast<std::uint32_t>(history.count(space::Origin::kSobol));
    if (key.attempt == 0) {
      base::StreamKey beyond_table = key;
      beyond_table.stream = base::Stream::kSpace;
      space::Point point = space_.from_unit(points_.at(picked, beyond_table));
      if (space_.satisfies_constraints(point)) return {.point = std::move(point), .origin = space::Origin::kSobol};
    }
    // Not a point further along: its own trial would come to it again.
    return {.point = space_.draw(key), .origin = space::Origin::kSobol};
  }

 private:
  space::Space space_;
  math::SobolPoints points_;
};

}  // namespace

math::SobolPoints sobol_points(const space::Space& space, std::uint64_t seed) {
  const auto tier = [&](std::size_t dimension) {
    return space.parameters()[space.dimensions()[dimension].parameter].tier;
  };
  const std::size_t count = space.dimensions().size();
  std::vector<std::size_t> by_tier(count);
  std::iota(by_tier.begin(), by_tier.end(), 0);
  std::stable_sort(by_tier.begin(), by_tier.end(), [&](std::size_t a, std::size_t b) { return tier(a) < tier(b); });
  std::vector<std::size_t> ranks(count);
  for (std::size_t rank = 0; rank < count; ++rank) ranks[by_tier[rank]] = rank;
  return {std::move(ranks), seed};
}

std::unique_ptr<Sampler> make_sobol(const space::Space& space, std::uint64_t seed) {
  return std::make_unique<Sobol>(space, seed);
}

}  // namespace sterlet::samplers
