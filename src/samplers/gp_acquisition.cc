#include "sterlet/samplers/gp_acquisition.h"

#include <algorithm>
#include <cmath>

#include "sterlet/base/math/dense.h"
#include "sterlet/base/math/normal.h"

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

void GpAcquisition::evaluate(const double* units, std::size_t count, double* values, double* gradients) {
  batches_.resize(members_.size());
  std::size_t heads_total = 0;
  for (const Member& member : members_) heads_total += member.best.size();
  logs_.assign(count * heads_total, 0.0);
  by_mean_.assign(count * heads_total, 0.0);  // Of each head's own ln EI.
  by_variance_.assign(count * heads_total, 0.0);
  std::size_t first = 0;
  for (std::size_t m = 0; m < members_.size(); ++m) {
    const Member& member = members_[m];
    GpModel::Batch& batch = batches_[m];
    member.model->predict(units, count, true, batch);
    const std::size_t heads = member.best.size();
    const double log_weight = std::log(member.weight / static_cast<double>(heads));
    for (std::size_t p = 0; p < count; ++p) {
      const double spread = std::sqrt(batch.variance[p]);
      for (std::size_t h = 0; h < heads; ++h) {
        const double z = (member.best[h] - batch.mean[p * heads + h]) / spread;
        double slope = 0;
        const std::size_t at = p * heads_total + first + h;
        logs_[at] = log_weight + std::log(spread) + log_expected_improvement(z, &slope);
        by_mean_[at] = -slope / spread;
        by_variance_[at] = 0.5 * (1 - z * slope) / batch.variance[p];
      }
    }
    first += heads;
  }
  for (std::size_t p = 0; p < count; ++p) {
    double* logs = logs_.data() + p * heads_total;
    const double largest = *std::max_element(logs, logs + heads_total);
    double sum = 0;
    for (std::size_t k = 0; k < heads_total; ++k) {
      const double difference = logs[k] - largest;
      logs[k] = difference > -600 ? base::portable_exp(difference) : 0;
      sum += logs[k];
    }
    for (std::size_t k = 0; k < heads_total; ++k) logs[k] /= sum;
    values[p] = largest + std::log(sum);
  }
  if (gradients == nullptr) return;
  const std::size_t width = members_.front().model->embedding().dimensions();
  std::fill_n(gradients, count * width, 0.0);
  part_.resize(count * width);
  first = 0;
  for (std::size_t m = 0; m < members_.size(); ++m) {
    const std::size_t heads = members_[m].best.size();
    std::vector<double> by_mean(count * heads), by_variance(count, 0.0);
    for (std::size_t p = 0; p < count; ++p) {
      for (std::size_t h = 0; h < heads; ++h) {
        const std::size_t at = p * heads_total + first + h;
        by_mean[p * heads + h] = logs_[at] * by_mean_[at];
        by_variance[p] += logs_[at] * by_variance_[at];
      }
    }
    members_[m].model->gradient(units, batches_[m], by_mean.data(), by_variance.data(), part_.data());
    for (std::size_t i = 0; i < part_.size(); ++i) gradients[i] += part_[i];
    first += heads;
  }
}

void GpAcquisition::bound(const double* units, std::size_t count, double* values) {
  batches_.resize(1);
  // One model and its first head: only an order is wanted.
  const Member& member = members_.front();
  member.model->predict(units, count, false, batches_.front());
  const std::size_t heads = member.best.size();
  for (std::size_t p = 0; p < count; ++p) values[p] = member.best[0] - batches_.front().mean[p * heads];
}

}  // namespace sterlet::samplers
