#include "sterlet/samplers/gp/acquisition.h"

#include <algorithm>
#include <cmath>

#include "sterlet/math/dense.h"
#include "sterlet/base/normal.h"

namespace sterlet::samplers {

namespace {

constexpr double kLogRootTwoPi = 0.91893853320467274178;
constexpr int kTerms = 40;

}  // namespace

double log_expected_improvement(double z, double* slope) {
  if (z > -5) {
    const double density = base::normal_pdf(z), below = base::normal_cdf(z);
    const double improvement = density + z * below;
    *slope = below / improvement;
    return std::log(improvement);
  }
  // With t = -z, Mills' ratio is 1 / (t + g), g = 1 / (t + 2 / (t + 3 / ...)): phi - t Phi(-t) = phi g / (t + g).
  const double t = -z;
  double tail = 0;
  for (int k = kTerms; k >= 1; --k) tail = k / (t + tail);
  // tail is now 1 / (t + 2 / (t + ...)) = g.
  *slope = 1 / tail;
  return -0.5 * z * z - kLogRootTwoPi + std::log(tail / (t + tail));
}

void GpImprovement::evaluate(const double* units, std::size_t count, double* values, double* gradients) {
  const std::size_t heads = best_.size();
  model_.predict(units, count, batch_);
  shares_.assign(heads, 0.0);
  by_mean_.assign(count * heads, 0.0);
  by_variance_.assign(count, 0.0);
  for (std::size_t p = 0; p < count; ++p) {
    const double variance = batch_.variance[p], spread = std::sqrt(variance);
    double* by_mean = by_mean_.data() + p * heads;
    double largest = 0;
    for (std::size_t h = 0; h < heads; ++h) {
      const double z = (best_[h] - batch_.mean[p * heads + h]) / spread;
      shares_[h] = log_expected_improvement(z, &by_mean[h]);
      largest = h == 0 ? shares_[h] : std::max(largest, shares_[h]);
    }
    double sum = 0;
    for (double& share : shares_) {
      share = share - largest > -600 ? math::portable_exp(share - largest) : 0;
      sum += share;
    }
    values[p] = largest + std::log(sum / static_cast<double>(heads)) + std::log(spread);
    // 1 - sqrt(v / t), t = s^2 + v; as s^2 / (t + sqrt(v t)), in which nothing cancels.
    const double total = variance + noise_, root = std::sqrt(noise_ * total), told = variance / (total + root);
    values[p] += noise_ > 0 ? std::log(told) : 0;
    for (std::size_t h = 0; h < heads; ++h) {
      const double z = (best_[h] - batch_.mean[p * heads + h]) / spread, share = shares_[h] / sum;
      by_variance_[p] += share * 0.5 * (1 - z * by_mean[h]) / variance;
      by_mean[h] *= -share / spread;
    }
    by_variance_[p] += 0.5 * root / (total * total * told);
  }
  if (gradients != nullptr) model_.gradient(units, batch_, by_mean_.data(), by_variance_.data(), gradients);
}

// In blocks that stay in the cache.
void GpImprovement::rank(const double* units, std::size_t count, double* values) {
  constexpr std::size_t kBlock = 32;
  const std::size_t width = model_.embedding().dimensions(), heads = best_.size();
  for (std::size_t begin = 0; begin < count; begin += kBlock) {
    const std::size_t block = std::min(kBlock, count - begin);
    model_.predict_means(units + begin * width, block, batch_);
    for (std::size_t p = 0; p < block; ++p) values[begin + p] = best_[0] - batch_.mean[p * heads];
  }
}

void GpMixture::evaluate(const double* units, std::size_t count, double* values, double* gradients) {
  const std::size_t parts = parts_.size();
  values_.resize(parts * count);
  for (std::size_t k = 0; k < parts; ++k) {
    slopes_[k].resize(count * width_);
    parts_[k]->evaluate(units, count, values_.data() + k * count, gradients == nullptr ? nullptr : slopes_[k].data());
  }
  if (gradients != nullptr) std::fill_n(gradients, count * width_, 0.0);
  for (std::size_t p = 0; p < count; ++p) {
    double largest = values_[p];
    for (std::size_t k = 1; k < parts; ++k) largest = std::max(largest, values_[k * count + p]);
    double sum = 0;
    for (std::size_t k = 0; k < parts; ++k) {
      double& share = values_[k * count + p];
      share = share - largest > -600 ? math::portable_exp(share - largest) : 0;
      sum += share;
    }
    values[p] = largest + std::log(sum / static_cast<double>(parts));
    if (gradients == nullptr) continue;
    for (std::size_t k = 0; k < parts; ++k) {
      const double share = values_[k * count + p] / sum;
      for (std::size_t j = 0; j < width_; ++j) gradients[p * width_ + j] += share * slopes_[k][p * width_ + j];
    }
  }
}

void GpMixture::rank(const double* units, std::size_t count, double* values) {
  std::fill_n(values, count, 0.0);
  values_.resize(count);
  for (const auto& part : parts_) {
    part->rank(units, count, values_.data());
    for (std::size_t p = 0; p < count; ++p) values[p] += values_[p];
  }
}

void GpFeasibility::evaluate(const double* units, std::size_t count, double* values, double* gradients) {
  const std::size_t width = limits_.front().model->embedding().dimensions();
  if (score_ != nullptr) {
    score_->evaluate(units, count, values, gradients);
  } else {
    std::fill_n(values, count, 0.0);
    if (gradients != nullptr) std::fill_n(gradients, count * width, 0.0);
  }
  for (const GpLimit& limit : limits_) {
    const GpModel* constraint = limit.model;
    constraint->predict(units, count, batch_);
    part_.assign(count * constraint->heads(), 0.0);
    std::vector<double> by_variance(count);
    for (std::size_t p = 0; p < count; ++p) {
      const double variance = batch_.variance[p] + limit.noise, spread = std::sqrt(variance);
      const double z = -batch_.mean[p * constraint->heads()] / spread;
      const double log_probability = base::log_normal_cdf(z);
      values[p] += limit.weight * log_probability;
      // phi / Phi, by logarithms: both may be too small for numbers.
      const double slope =
          math::portable_exp(std::clamp(-0.5 * z * z - kLogRootTwoPi - log_probability, -600.0, 600.0));
      part_[p * constraint->heads()] = -limit.weight * slope / spread;
      by_variance[p] = -0.5 * limit.weight * slope * z / variance;
    }
    if (gradients == nullptr) continue;
    more_.resize(count * width);
    constraint->gradient(units, batch_, part_.data(), by_variance.data(), more_.data());
    for (std::size_t i = 0; i < more_.size(); ++i) gradients[i] += more_[i];
  }
}

void GpFeasibility::rank(const double* units, std::size_t count, double* values) {
  if (score_ != nullptr) {
    score_->rank(units, count, values);
  } else {
    std::fill_n(values, count, 0.0);
  }
  constexpr std::size_t kBlock = 32;
  for (const GpLimit& limit : limits_) {
    const GpModel* constraint = limit.model;
    const std::size_t width = constraint->embedding().dimensions();
    for (std::size_t begin = 0; begin < count; begin += kBlock) {
      const std::size_t block = std::min(kBlock, count - begin);
      constraint->predict_means(units + begin * width, block, batch_);
      for (std::size_t p = 0; p < block; ++p) {
        values[begin + p] -= std::max(batch_.mean[p * constraint->heads()], 0.0);
      }
    }
  }
}

}  // namespace sterlet::samplers
