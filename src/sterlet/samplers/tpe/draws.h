#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "sterlet/base/rng.h"
#include "sterlet/samplers/tpe/fit.h"
#include "sterlet/space/space.h"

namespace sterlet::samplers {

/// Points of the unit cube drawn from l, a row each, on a grid of 2^-40.
class TpeDraws final {
 public:
  TpeDraws(const space::Space& space, const TpeFit& fit, std::size_t count, const base::StreamKey& key);

  std::span<const double> row(std::size_t i) const { return std::span(drawn_).subspan(i * width_, width_); }

 private:
  // One coordinate of a good trial, and the probabilities below 0 and below 1 of the normal that it is the mean of, once
  // they are wanted.
  struct Centre {
    double unit = 0, below_low = 0, below_high = 0;
  };
  // A coordinate drawn from a normal: its place in drawn_, and the probability below it.
  struct NormalDraw {
    std::size_t place = 0;
    double mean = 0, deviation = 0, below = 0;
  };

  void draw(std::size_t row, base::RandomStream& stream);
  void draw_coordinate(std::size_t j, Centre& centre, std::size_t place, base::RandomStream& stream);
  void find_normals();
  std::size_t pick_good(base::RandomStream& stream) const;
  std::size_t pick_good_with(std::size_t j, base::RandomStream& stream) const;

  const space::Space& space_;
  const TpeFit& fit_;
  std::size_t width_;
  std::vector<Centre> centres_;  // A good trial a row.
  std::vector<NormalDraw> normals_;
  std::vector<double> drawn_;
};

}  // namespace sterlet::samplers
