#include "sterlet/samplers/grid.h"

#include <fmt/format.h>

namespace sterlet::samplers {

namespace {

constexpr std::uint64_t kPointsMax = 1000000;

class Grid final : public Sampler {
 public:
  Grid(const space::Space& space, std::vector<space::Point> points) : space_(space), points_(std::move(points)) {}

  Suggestion suggest(const space::History& history, const base::StreamKey& key) const override {
    // Points that were tried otherwise (defaults, enqueued ones) are passed over, so the k-th grid trial is found by
    // walking from where the earlier grid trials must have ended: at least at their number.
    auto at = static_cast<std::size_t>(history.count(space::Origin::kGrid)) + key.attempt;
    while (at < points_.size() && history.contains(points_[at])) ++at;
    if (at < points_.size()) return {.point = points_[at], .origin = space::Origin::kGrid};
    return {.point = space_.draw(key), .origin = space::Origin::kRandom};
  }

 private:
  space::Space space_;
  std::vector<space::Point> points_;
};

}  // namespace

base::Result<std::unique_ptr<Sampler>> make_grid(const space::Space& space, const GridOptions& options,
                                                 const StudyFacts& facts) {
  const auto levels = static_cast<std::uint64_t>(options.points);
  auto points = space.enumerate(levels, kPointsMax);
  const std::uint64_t budget = facts.trial_budget ? static_cast<std::uint64_t>(*facts.trial_budget) : kPointsMax;
  if (points && points->size() <= budget) return std::make_unique<Grid>(space, std::move(*points));
  const std::string count =
      points ? fmt::format("{}", points->size()) : fmt::format("up to {:.6g}", space.count_at_most(levels));
  return base::fail(
      base::ErrorCode::kInvalidArgument,
      fmt::format("this grid has {} points, more than {}", count,
                  facts.trial_budget ? fmt::format("the budget of {} trials", budget)
                                     : fmt::format("the {} that a grid may have", kPointsMax)),
      "use sampler: sobol, which covers every parameter evenly with any number of trials, or fewer values "
      "(sampler: {name: grid, points: 3})");
}

}  // namespace sterlet::samplers
