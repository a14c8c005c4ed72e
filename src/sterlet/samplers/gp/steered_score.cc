#include "sterlet/samplers/gp/steered_score.h"

namespace sterlet::samplers {

void GpSteeredScore::evaluate(const double* units, std::size_t count, double* values, double* gradients) {
  score_.evaluate(units, count, values, gradients);
  for (std::size_t p = 0; p < count; ++p) {
    double* gradient = gradients == nullptr ? nullptr : gradients + p * width_;
    values[p] += pull_.log_density(units + p * width_, gradient);
  }
}

void GpSteeredScore::rank(const double* units, std::size_t count, double* values) {
  score_.rank(units, count, values);
  for (std::size_t p = 0; p < count; ++p) values[p] += pull_.log_density(units + p * width_);
}

}  // namespace sterlet::samplers
