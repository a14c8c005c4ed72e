#include "sterlet/samplers/gp/kernel.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "sterlet/base/rng.h"
#include "sterlet/math/dense.h"

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
                  .tier = parameter.tier,
                  .suspect = suspect_warp(space, dimension)};
    const bool single = levels ? *levels == 1 : !(parameter.low < parameter.high);
    if (single && !group.conditional) continue;
    group.features = group.conditional && !group.category ? 2 : 1;
    std::size_t& end = group.category ? categories_ : numeric_;
    group.feature = end;
    end += group.features;
    groups_.push_back(group);
    choices_.push_back(group.category ? levels.value_or(1) : 0);
  }
  for (GpGroup& group : groups_) group.feature += group.category ? numeric_ : 0;
  active_ = static_cast<double>(groups_.size());
  if (std::none_of(groups_.begin(), groups_.end(), [](const GpGroup& group) { return group.conditional; })) return;
  constexpr int kDraws = 256;
  std::size_t count = 0;
  base::RandomStream stream({.seed = 1, .stream = base::Stream::kGp});
  std::vector<double> unit(dimensions_);
  for (int draw = 0; draw < kDraws; ++draw) {
    for (double& u : unit) u = stream.uniform();
    const space::Point point = space.from_unit(unit);
    for (const GpGroup& group : groups_) count += std::isnan(point.values[group.dimension]) ? 0 : 1;
  }
  active_ = static_cast<double>(count) / static_cast<double>(kDraws);
}

void GpEmbedding::features(const double* units, std::size_t count, std::span<const Warp> warps, double* out,
                           std::size_t stride) const {
  const std::size_t padded = math::padded(count);
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    const GpGroup& group = groups_[g];
    double* column = out + group.feature * stride;
    for (std::size_t i = 0; i < count; ++i) column[i] = units[i * dimensions_ + group.dimension];
    std::fill(column + count, column + padded, 0.0);
    if (group.category) {
      for (std::size_t i = 0; i < count; ++i) {
        column[i] = std::isnan(column[i]) ? -1 : std::floor(column[i] * static_cast<double>(choices_[g]));
      }
    } else if (!group.conditional) {
      warps[g].apply(column, padded);
    } else {
      double* other = column + stride;
      std::fill(other, other + padded, 0.0);
      for (std::size_t i = 0; i < count; ++i) {
        const bool is_active = !std::isnan(column[i]);
        const double angle = is_active ? kQuarter * warps[g](column[i]) : 0;
        column[i] = kRadius * std::sin(angle);
        other[i] = is_active ? kRadius * std::cos(angle) : 0;
      }
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

double GpEmbedding::distance_out(std::span<const double> unit) const {
  double sum = 0, count = 0;
  for (const GpGroup& group : groups_) {
    if (group.category) continue;
    const double from_middle = 2 * unit[group.dimension] - 1;
    sum += std::isnan(from_middle) || group.suspect != 0 ? 1.0 / 3 : from_middle * from_middle;
    count += 1;
  }
  return count == 0 ? 0 : sum / count;
}

void GpEmbedding::add_distance_out_gradient(std::span<const double> unit, double factor,
                                            std::span<double> by_unit) const {
  double count = 0;
  for (const GpGroup& group : groups_) count += group.category ? 0 : 1;
  for (const GpGroup& group : groups_) {
    const double u = unit[group.dimension];
    if (group.category || group.suspect != 0 || std::isnan(u)) continue;
    by_unit[group.dimension] += factor * 4 * (2 * u - 1) / count;
  }
}

double GpEmbedding::pull_back_warp(std::size_t g, double u, const Warp& warp, const double* feature,
                                   const double* by_feature) const {
  const GpGroup& group = groups_[g];
  if (group.category || std::isnan(u)) return 0;
  if (!group.conditional) return by_feature[0] * warp.by_t(u, feature[0]);
  return kQuarter * (by_feature[0] * feature[1] - by_feature[1] * feature[0]) * warp.by_t(u, warp(u));
}

}  // namespace sterlet::samplers
