#include "sterlet/samplers/tpe/draws.h"

#include <algorithm>

#include "sterlet/base/normal.h"

namespace sterlet::samplers {

using base::RandomStream;

namespace {

constexpr double kGridRound = 0x1p12;  // Adding it and taking it off again rounds a number of [0, 1] to 2^-40.

}  // namespace

TpeDraws::TpeDraws(const space::Space& space, const TpeFit& fit, std::size_t count, const base::StreamKey& key)
    : space_(space), fit_(fit), width_(fit.dimensions()), drawn_(count * width_) {
  centres_.reserve(fit.good_units.size());
  for (const double unit : fit.good_units) centres_.push_back({.unit = unit});
  normals_.reserve(drawn_.size());
  RandomStream stream({.seed = key.seed, .trial = key.trial, .stream = base::Stream::kTpe, .attempt = key.attempt});
  for (std::size_t row = 0; row < count; ++row) draw(row, stream);
  find_normals();
  for (double& coordinate : drawn_) coordinate = (coordinate + kGridRound) - kGridRound;
}

// Dimensions that the kernel lacks come from another good trial that has them, the same for all of them as far as it
// can, so that they stay together; or from the prior.
void TpeDraws::draw(std::size_t row, RandomStream& stream) {
  const std::size_t prior = fit_.good.size();
  const std::size_t kernel = pick_good(stream);
  std::size_t donor = kernel;
  for (const std::size_t j : space_.evaluation_order()) {
    const std::size_t place = row * width_ + j;
    std::size_t from = kernel;
    if (from != prior && fit_.lacks(from, j)) {
      if (donor == prior || fit_.lacks(donor, j)) donor = pick_good_with(j, stream);
      from = donor;
    }
    if (from == prior) {
      drawn_[place] = stream.uniform();
    } else {
      draw_coordinate(j, centres_[from * width_ + j], place, stream);
    }
  }
}

// Draws one coordinate of a good kernel to a place of drawn_; find_normals does so for normals.
void TpeDraws::draw_coordinate(std::size_t j, Centre& centre, std::size_t place, RandomStream& stream) {
  const double uniform = stream.uniform();
  const double b = fit_.bandwidths[j], mean = centre.unit;
  switch (fit_.table->kind(j)) {
    case ParzenKind::kFixed:
      drawn_[place] = 0.5;
      return;
    case ParzenKind::kChoices: {
      const auto choices = static_cast<double>(*space_.axis(j).level_count());
      // The uniform draw includes the own choice, hence the factor.
      drawn_[place] = uniform < b * choices / (choices - 1) ? stream.uniform() : mean;
      return;
    }
    case ParzenKind::kLevels:
    case ParzenKind::kContinuous: {
      if (centre.below_high == 0) {
        centre.below_low = base::normal_cdf(-mean / b);
        centre.below_high = base::normal_cdf((1 - mean) / b);
      }
      normals_.push_back({.place = place,
                          .mean = mean,
                          .deviation = b,
                          .below = centre.below_low + uniform * (centre.below_high - centre.below_low)});
      return;
    }
  }
}

// The quantiles of all rows' normals. In a loop of their own they take half the time, as the processor works at several
// of them at once.
void TpeDraws::find_normals() {
  for (const NormalDraw& normal : normals_) {
    const double quantile = base::quick_normal_quantile(normal.below);
    drawn_[normal.place] = std::clamp(normal.mean + normal.deviation * quantile, 0.0, 1.0);
  }
}

// Index of a good kernel, by weight; how many there are if the prior's turn comes.
std::size_t TpeDraws::pick_good(RandomStream& stream) const {
  const std::vector<double>& sums = fit_.good_sums;
  const double place = stream.uniform() * (kTpePriorWeight + sums.back());
  return static_cast<std::size_t>(std::upper_bound(sums.begin(), sums.end(), place) - sums.begin());
}

// The same among those that have dimension j.
std::size_t TpeDraws::pick_good_with(std::size_t j, RandomStream& stream) const {
  const auto weight = [&](std::size_t i) { return static_cast<double>(fit_.l.weights[i]); };
  double total = kTpePriorWeight;
  for (std::size_t i = 0; i < fit_.good.size(); ++i) total += fit_.lacks(i, j) ? 0 : weight(i);
  double place = stream.uniform() * total;
  for (std::size_t i = 0; i < fit_.good.size(); ++i) {
    if (fit_.lacks(i, j)) continue;
    if (place < weight(i)) return i;
    place -= weight(i);
  }
  return fit_.good.size();
}

}  // namespace sterlet::samplers
