#include "sterlet/samplers/gp_kernel.h"

#include <cmath>
#include <numbers>

namespace sterlet::samplers {

namespace {

constexpr double kRadius = std::numbers::sqrt2 / 2;
constexpr double kQuarter = std::numbers::pi / 2;

}  // namespace

GpEmbedding::GpEmbedding(const space::Space& space) : dimensions_(space.dimensions().size()) {
  for (std::size_t dimension = 0; dimension < space.dimensions().size(); ++dimension) {
    const space::Parameter& parameter = space.parameters()[space.dimensions()[dimension].parameter];
    const space::Axis& axis = space.axis(dimension);
    const auto levels = axis.level_count();
    GpGroup group{.dimension = dimension,
                  .category = !axis.ordered(),
                  .conditional = !parameter.when.empty() || !parameter.repeat.empty(),
                  .feature = features_,
                  .tier = parameter.tier,
                  .suspect = suspect_warp(space, dimension)};
    const bool single = levels ? *levels == 1 : !(parameter.low < parameter.high);
    if (single && !group.conditional) continue;
    groups_.push_back(group);
    choices_.push_back(group.category ? levels.value_or(1) : 0);
    features_ += group.conditional && !group.category ? 2 : 1;
  }
}

void GpEmbedding::features(std::span<const double> unit, std::span<const Warp> warps, double* out) const {
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    const GpGroup& group = groups_[g];
    const double u = unit[group.dimension];
    double* feature = out + group.feature;
    if (group.category) {
      feature[0] = std::isnan(u) ? -1 : std::floor(u * static_cast<double>(choices_[g]));
    } else if (!group.conditional) {
      feature[0] = warps[g](u);
    } else if (std::isnan(u)) {
      feature[0] = feature[1] = 0;
    } else {
      const double angle = kQuarter * warps[g](u);
      feature[0] = kRadius * std::sin(angle);
      feature[1] = kRadius * std::cos(angle);
    }
  }
}

void GpEmbedding::pull_back(std::span<const double> unit, std::span<const Warp> warps, const double* by_feature,
                            std::span<double> by_unit) const {
  for (double& derivative : by_unit) derivative = 0;
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    const GpGroup& group = groups_[g];
    const double u = unit[group.dimension];
    if (group.category || std::isnan(u)) continue;
    const double* feature = by_feature + group.feature;
    double by_warped = feature[0];
    if (group.conditional) {
      const double angle = kQuarter * warps[g](u);
      by_warped = kRadius * kQuarter * (feature[0] * std::cos(angle) - feature[1] * std::sin(angle));
    }
    by_unit[group.dimension] = by_warped * warps[g].slope(u);
  }
}

double GpEmbedding::pull_back_warp(std::size_t g, double u, const Warp& warp, const double* by_feature) const {
  const GpGroup& group = groups_[g];
  if (group.category || std::isnan(u)) return 0;
  double by_warped = by_feature[0];
  if (group.conditional) {
    const double angle = kQuarter * warp(u);
    by_warped = kRadius * kQuarter * (by_feature[0] * std::cos(angle) - by_feature[1] * std::sin(angle));
  }
  return by_warped * warp.by_t(u);
}

}  // namespace sterlet::samplers
