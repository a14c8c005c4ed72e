#include "sterlet/samplers/gp/volume.h"

#include <algorithm>
#include <cmath>

#include "sterlet/math/hypervolume.h"

namespace sterlet::samplers {

namespace {

constexpr double kSmooth = 0.01;  // In standard deviations of an objective.
constexpr double kSmallestDirection = 1e-3;

struct Gain {
  double log = 0, slope = 0;  // ln of the volume gained, and its derivative by `above`.
};

// (best + e)^M - best^M, e = kSmooth ln(1 + exp(above / kSmooth)) the smoothed positive part of `above`.
Gain gain_of(double above, double best, std::size_t objectives) {
  const double x = above / kSmooth;
  const double log_part = x < -30 ? x : std::log(x > 30 ? x : std::log1p(std::exp(x)));
  const double by_above = (x < -30 ? 1 : x > 30 ? 1 / x : 1 / ((1 + std::exp(-x)) * std::log1p(std::exp(x)))) / kSmooth;
  const double part = kSmooth * std::exp(std::max(log_part, -300.0));
  best = std::max(best, 1e-6);  // Where nothing lies below the reference, any point that comes near it counts.
  // ((b + e)^M - b^M) / e, its terms all positive, and its derivative by e.
  double sum = 0, derivative = 0;
  for (std::size_t i = 0; i < objectives; ++i) {
    const double below = std::pow(best, static_cast<double>(objectives - 1 - i));
    sum += below * std::pow(best + part, static_cast<double>(i));
    if (i > 0) derivative += below * static_cast<double>(i) * std::pow(best + part, static_cast<double>(i) - 1);
  }
  return {.log = log_part + std::log(kSmooth) + std::log(sum), .slope = by_above * (1 + part * derivative / sum)};
}

}  // namespace

GpVolumeImprovement::GpVolumeImprovement(std::vector<const GpModel*> models, const std::vector<double>& front,
                                         std::size_t told, const base::StreamKey& key)
    : models_(std::move(models)), batches_(models_.size()) {
  const std::size_t m = models_.size(), heads = models_.front()->heads();
  reference_ = math::default_reference({.values = front, .width = m});
  base::StreamKey own = key;
  own.stream = base::Stream::kGp;
  own.attempt |= 0x4000;  // Apart from the search's and the fantasies' numbers.
  base::RandomStream stream(own);
  for (std::size_t k = 0; k < kDraws; ++k) {
    double square = 0;
    for (std::size_t j = 0; j < m; ++j) {
      directions_.push_back(std::max(std::abs(stream.normal()), kSmallestDirection));
      square += directions_.back() * directions_.back();
      // Draws come in pairs of opposite sign, which takes the noise off the mean.
      normals_.push_back(k % 2 == 0 ? stream.normal() : -normals_[(k - 1) * m + j]);
    }
    for (std::size_t j = 0; j < m; ++j) directions_[k * m + j] /= std::sqrt(square);
    double best = 0;
    std::size_t ignored = 0;
    for (std::size_t i = 0; i + m <= front.size(); i += m)
      best = std::max(best, scalarise(k, front.data() + i, &ignored));
    std::vector<double> y(m);
    for (std::size_t row = told; row < models_.front()->size(); ++row) {
      for (std::size_t j = 0; j < m; ++j) y[j] = models_[j]->row_mean(k % heads, row);
      best = std::max(best, scalarise(k, y.data(), &ignored));
    }
    best_.push_back(best);
  }
}

double GpVolumeImprovement::scalarise(std::size_t draw, const double* y, std::size_t* smallest) const {
  const std::size_t m = models_.size();
  double least = 0;
  for (std::size_t j = 0; j < m; ++j) {
    const double s = (reference_[j] - y[j]) / directions_[draw * m + j];
    if (j > 0 && s >= least) continue;
    least = s;
    *smallest = j;
  }
  return least;
}

void GpVolumeImprovement::evaluate(const double* units, std::size_t count, double* values, double* gradients) {
  const std::size_t m = models_.size(), heads = models_.front()->heads();
  std::vector<std::vector<double>> by_mean(m, std::vector<double>(count * heads, 0.0));
  std::vector<std::vector<double>> by_variance(m, std::vector<double>(count, 0.0));
  for (std::size_t j = 0; j < m; ++j) models_[j]->predict(units, count, batches_[j]);
  std::vector<double> y(m), spread(m), logs(kDraws), slopes(kDraws);
  std::vector<std::size_t> smallest(kDraws);
  for (std::size_t p = 0; p < count; ++p) {
    for (std::size_t j = 0; j < m; ++j) spread[j] = std::sqrt(batches_[j].variance[p]);
    for (std::size_t k = 0; k < kDraws; ++k) {
      for (std::size_t j = 0; j < m; ++j) {
        y[j] = batches_[j].mean[p * heads + k % heads] + spread[j] * normals_[k * m + j];
      }
      const double above = scalarise(k, y.data(), &smallest[k]) - best_[k];
      const Gain gain = gain_of(above, best_[k], m);
      logs[k] = gain.log;
      slopes[k] = gain.slope;
    }
    const double largest = *std::max_element(logs.begin(), logs.end());
    double sum = 0;
    for (double& log : logs) {
      log = std::exp(log - largest);
      sum += log;
    }
    values[p] = largest + std::log(sum / kDraws);
    for (std::size_t k = 0; k < kDraws; ++k) {
      const std::size_t j = smallest[k];
      const double by_y = -logs[k] / sum * slopes[k] / directions_[k * m + j];
      by_mean[j][p * heads + k % heads] += by_y;
      by_variance[j][p] += by_y * 0.5 * normals_[k * m + j] / spread[j];
    }
  }
  if (gradients == nullptr) return;
  const std::size_t width = models_.front()->embedding().dimensions();
  std::fill_n(gradients, count * width, 0.0);
  part_.resize(count * width);
  for (std::size_t j = 0; j < m; ++j) {
    models_[j]->gradient(units, batches_[j], by_mean[j].data(), by_variance[j].data(), part_.data());
    for (std::size_t i = 0; i < part_.size(); ++i) gradients[i] += part_[i];
  }
}

void GpVolumeImprovement::rank(const double* units, std::size_t count, double* values) {
  const std::size_t m = models_.size(), heads = models_.front()->heads();
  const std::size_t width = models_.front()->embedding().dimensions();
  constexpr std::size_t kBlock = 32, kFew = 16;
  std::vector<double> y(m);
  for (std::size_t begin = 0; begin < count; begin += kBlock) {
    const std::size_t block = std::min(kBlock, count - begin);
    for (std::size_t j = 0; j < m; ++j) models_[j]->predict_means(units + begin * width, block, batches_[j]);
    for (std::size_t p = 0; p < block; ++p) {
      double largest = 0;
      for (std::size_t k = 0; k < kFew; ++k) {
        for (std::size_t j = 0; j < m; ++j) y[j] = batches_[j].mean[p * heads + k % heads];
        std::size_t ignored = 0;
        const double above = scalarise(k, y.data(), &ignored) - best_[k];
        largest = k == 0 ? above : std::max(largest, above);
      }
      values[begin + p] = largest;
    }
  }
}

}  // namespace sterlet::samplers
