#pragma once

#include <cstddef>

#include "sterlet/samplers/gp/acquisition.h"
#include "sterlet/samplers/prior/steering.h"

namespace sterlet::samplers {

/// Adds the pull of a study's priors in one trial to another score. Both outlive this.
class GpSteeredScore final : public GpScore {
 public:
  GpSteeredScore(GpScore& score, const Pull& pull, std::size_t width) : score_(score), pull_(pull), width_(width) {}
  void evaluate(const double* units, std::size_t count, double* values, double* gradients) override;
  void rank(const double* units, std::size_t count, double* values) override;

 private:
  GpScore& score_;
  const Pull& pull_;
  std::size_t width_;
};

}  // namespace sterlet::samplers
