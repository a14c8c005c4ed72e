#pragma once

#include <cstddef>
#include <cstdint>

#include "sterlet/samplers/gp/acquisition.h"
#include "sterlet/samplers/prior/prior.h"

namespace sterlet::samplers {

/// Adds the pull of a study's priors in one trial to another score. Both outlive this.
class GpSteeredScore final : public GpScore {
 public:
  GpSteeredScore(GpScore& score, const Steering& steering, std::uint64_t trial, std::size_t width)
      : score_(score), steering_(steering), trial_(trial), width_(width) {}
  void evaluate(const double* units, std::size_t count, double* values, double* gradients) override;
  void rank(const double* units, std::size_t count, double* values) override;

 private:
  GpScore& score_;
  const Steering& steering_;
  std::uint64_t trial_;
  std::size_t width_;
};

}  // namespace sterlet::samplers
