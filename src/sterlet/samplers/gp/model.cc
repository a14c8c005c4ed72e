#include "sterlet/samplers/gp/model.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "sterlet/math/dense.h"

namespace sterlet::samplers {

namespace {

constexpr double kVarianceFloor = 1e-12;

}  // namespace

GpModel::GpModel(const GpEmbedding& embedding, GpHyper hyper, std::shared_ptr<const GpTrend> trend)
    : embedding_(&embedding),
      hyper_(std::move(hyper)),
      trend_(std::move(trend)),
      variance_(math::portable_exp(hyper_.log_variance)),
      noise_(math::portable_exp(hyper_.log_noise)),
      bowl_(hyper_.bowl * noise_ / (noise_ + variance_)) {
  scales_.resize(embedding.numeric_count());
  weights_.resize(embedding.feature_count() - embedding.numeric_count());
  for (std::size_t g = 0; g < embedding.groups().size(); ++g) {
    const GpGroup& group = embedding.groups()[g];
    if (group.category) {
      weights_[group.feature - scales_.size()] = math::portable_exp(-2 * hyper_.log_lengths[g]);
    } else {
      std::fill_n(scales_.begin() + static_cast<std::ptrdiff_t>(group.feature), group.features,
                  math::portable_exp(-hyper_.log_lengths[g]));
    }
  }
  for (const double t : hyper_.warps) warps_.emplace_back(t);
}

math::KernelFeatures GpModel::kernel_features() const {
  return {.numeric = scales_.size(), .categories = weights_.size(), .weights = weights_.data()};
}

void GpModel::scale(double* columns, std::size_t stride, std::size_t count) const {
  for (std::size_t f = 0; f < scales_.size(); ++f) {
    double* column = columns + f * stride;
    for (std::size_t i = 0; i < count; ++i) column[i] *= scales_[f];
  }
}

void GpModel::reserve(std::size_t rows) {
  if (rows <= stride_) return;
  const std::size_t stride = math::padded(std::max<std::size_t>(rows, std::max<std::size_t>(32, stride_ * 3 / 2)));
  const auto moved = [&](std::vector<double>& old, std::size_t count) {
    std::vector<double> wider(count * stride, 0.0);
    const std::size_t kept = stride_ == 0 ? 0 : std::min(count, old.size() / stride_);
    for (std::size_t i = 0; i < kept; ++i) {
      std::copy_n(old.begin() + static_cast<std::ptrdiff_t>(i * stride_), stride_,
                  wider.begin() + static_cast<std::ptrdiff_t>(i * stride));
    }
    old = std::move(wider);
  };
  moved(columns_, embedding_->feature_count());
  moved(upper_, stride);
  moved(inverse_, stride);
  stride_ = stride;
  alphas_.clear();
}

void GpModel::append(const GpRows& rows) {
  const std::size_t added = rows.count(), end = rows_ + added;
  if (added == 0) return;
  reserve(end);
  inverted_ = std::min(inverted_, rows_);
  const math::KernelFeatures kernel = kernel_features();
  const std::size_t features = embedding_->feature_count(), width = math::padded(added);
  std::vector<double> placed(features * width), row(stride_), slope(stride_);
  embedding_->features(rows.values.data(), added, warps_, placed.data(), width);
  scale(placed.data(), width, added);
  for (std::size_t f = 0; f < features; ++f) {
    std::copy_n(placed.begin() + static_cast<std::ptrdiff_t>(f * width), added,
                columns_.begin() + static_cast<std::ptrdiff_t>(f * stride_ + rows_));
  }
  // Columns of U: what is above the new rows,
  for (std::size_t j = rows_; j < end && rows_ > 0; ++j) {
    math::matern52(kernel, {columns_.data() + j, stride_}, 1, {columns_.data(), stride_}, math::padded(rows_),
                   variance_, row.data(), slope.data(), stride_);
    math::solve_forward(upper_.data(), stride_, rows_, row.data());
    for (std::size_t i = 0; i < rows_; ++i) upper_[i * stride_ + j] = row[i];
  }
  row_noise_.resize(rows_);
  row_offsets_.resize(rows_);
  const std::vector<double> trend = trend_ ? trend_->at(rows.values.data(), added) : std::vector<double>();
  for (std::size_t i = 0; i < added; ++i) {
    row_noise_.push_back(noise_ * rows.share_of(i) + rows.noise_of(i));
    row_offsets_.push_back(bowl_at(rows.row(i)) + (trend.empty() ? 0 : trend[i]));
  }
  std::vector<double> extra(row_noise_.begin() + static_cast<std::ptrdiff_t>(rows_), row_noise_.end());
  // and their own triangle. Rows before `from` are done; those after may have been spoilt by a failure.
  for (std::size_t from = rows_; from < end;) {
    for (std::size_t i = from; i < end; ++i) {
      const std::size_t begin = i / math::kLanes * math::kLanes;
      double* to = upper_.data() + i * stride_;
      math::matern52(kernel, {columns_.data() + i, stride_}, 1, {columns_.data() + begin, stride_},
                     math::padded(end) - begin, variance_, to + begin, slope.data(), stride_);
      to[i] += extra[i - rows_];
    }
    from = math::factor(upper_.data(), stride_, from, end, end, 1e-3 * noise_);
    if (from < end) extra[from - rows_] = std::max(10 * extra[from - rows_], 1e-10 * variance_);
  }
  rows_ = end;
}

void GpModel::set_targets(std::span<const double> values, const std::vector<std::vector<double>>& draws) {
  const std::size_t told = values.size();
  // c: with a = U'^-1 1 and b = U'^-1 y, the mode is a'b / (a'a + 1 / prior variance).
  std::vector<double> ones(told, 1.0), whitened(values.begin(), values.end());
  for (std::size_t i = 0; i < told; ++i) whitened[i] -= row_offsets_[i];
  math::solve_forward(upper_.data(), stride_, told, ones.data());
  math::solve_forward(upper_.data(), stride_, told, whitened.data());
  constant_ =
      math::dot(ones.data(), whitened.data(), told) / (math::dot(ones.data(), ones.data(), told) + 1 / kGpMeanVariance);
  double log_determinant = 0;
  for (std::size_t i = 0; i < told; ++i) {
    whitened[i] -= constant_ * ones[i];
    log_determinant += std::log(upper_[i * stride_ + i]);
  }
  likelihood_ = -0.5 * math::dot(whitened.data(), whitened.data(), told) - log_determinant -
                0.5 * static_cast<double>(told) * std::log(2 * std::numbers::pi);

  // The factor's columns of pending points hold their joint distribution: a draw is a whitened value.
  heads_ = std::max<std::size_t>(draws.size(), 1);
  alphas_.assign(heads_ * stride_, 0.0);
  row_means_.assign(heads_ * rows_, 0.0);
  for (std::size_t h = 0; h < heads_; ++h) {
    double* alpha = alphas_.data() + h * stride_;
    std::copy_n(whitened.begin(), told, alpha);
    if (rows_ > told) std::copy_n(draws[h].begin(), rows_ - told, alpha + told);
    std::vector<double> fantasy(rows_, constant_);
    for (std::size_t i = told; i < rows_; ++i) {
      fantasy[i] += row_offsets_[i];
      for (std::size_t k = 0; k <= i; ++k) fantasy[i] += upper_[k * stride_ + i] * alpha[k];
    }
    math::solve_backward(upper_.data(), stride_, rows_, alpha);
    // K alpha = y - c, noise and all: the mean at a row is what is left without its noise.
    for (std::size_t i = 0; i < rows_; ++i) {
      row_means_[h * rows_ + i] = (i < told ? values[i] : fantasy[i]) - row_noise_[i] * alpha[i];
    }
  }
}

void GpModel::place(const double* units, std::size_t count, Batch& batch) const {
  batch.count = count;
  batch.width = math::padded(count);
  batch.features.resize(embedding_->feature_count() * batch.width);
  batch.mean.resize(count * heads_);
  embedding_->features(units, count, warps_, batch.features.data(), batch.width);
  scale(batch.features.data(), batch.width, batch.width);
}

double GpModel::bowl_at(std::span<const double> unit) const {
  return bowl_ == 0 ? 0 : bowl_ * embedding_->distance_out(unit);
}

// From sums of a head a row.
void GpModel::add_means(const double* units, Batch& batch) const {
  const std::size_t dimensions = embedding_->dimensions();
  const std::vector<double> trend = trend_ ? trend_->at(units, batch.count) : std::vector<double>();
  for (std::size_t p = 0; p < batch.count; ++p) {
    double expected = constant_ + bowl_at({units + p * dimensions, dimensions});
    if (!trend.empty()) expected += trend[p];
    for (std::size_t h = 0; h < heads_; ++h) batch.mean[p * heads_ + h] = expected + batch.sums[h * batch.width + p];
  }
}

void GpModel::predict_means(const double* units, std::size_t count, Batch& batch) const {
  place(units, count, batch);
  batch.sums.resize(heads_ * batch.width);
  for (std::size_t h = 0; h < heads_; ++h) {
    math::matern52_sums(kernel_features(), {columns_.data(), stride_}, rows_, {batch.features.data(), batch.width},
                        batch.width, variance_, alphas_.data() + h * stride_, batch.sums.data() + h * batch.width);
  }
  add_means(units, batch);
}

void GpModel::predict(const double* units, std::size_t count, Batch& batch) const {
  ensure_inverse();
  place(units, count, batch);
  const std::size_t width = batch.width;
  batch.covariances.resize(rows_ * width);
  batch.slopes.resize(rows_ * width);
  batch.solved.resize(rows_ * width);
  batch.sums.resize(heads_ * width);
  math::matern52(kernel_features(), {columns_.data(), stride_}, rows_, {batch.features.data(), width}, width, variance_,
                 batch.covariances.data(), batch.slopes.data(), width);
  math::multiply(alphas_.data(), stride_, heads_, rows_, batch.covariances.data(), batch.sums.data(), width);
  add_means(units, batch);
  math::multiply_lower(inverse_.data(), stride_, rows_, batch.covariances.data(), batch.solved.data(), width);
  batch.variance.assign(count, 0.0);
  for (std::size_t i = 0; i < rows_; ++i) {
    const double* solved = batch.solved.data() + i * width;
    for (std::size_t p = 0; p < count; ++p) batch.variance[p] += solved[p] * solved[p];
  }
  for (double& variance : batch.variance) variance = std::max(variance_ - variance, kVarianceFloor);
}

void GpModel::ensure_inverse() const {
  if (inverted_ >= rows_) return;
  math::invert(upper_.data(), stride_, inverted_, rows_, inverse_.data(), stride_);
  inverted_ = rows_;
}

void GpModel::gradient(const double* units, Batch& batch, const double* by_mean, const double* by_variance,
                       double* out) const {
  const std::size_t width = batch.width, numeric = scales_.size();
  batch.weights.resize(rows_ * width);
  math::multiply_lower_transposed(inverse_.data(), stride_, rows_, batch.solved.data(), batch.weights.data(), width);
  // d/dx of the mean is alpha' dk/dx, of the variance -2 (K^-1 k)' dk/dx.
  for (std::size_t i = 0; i < rows_; ++i) {
    double* factors = batch.weights.data() + i * width;
    const double* slopes = batch.slopes.data() + i * width;
    for (std::size_t p = 0; p < batch.count; ++p) {
      double factor = -2 * by_variance[p] * factors[p];
      for (std::size_t h = 0; h < heads_; ++h) factor += by_mean[p * heads_ + h] * alphas_[h * stride_ + i];
      factors[p] = factor * slopes[p];
    }
  }
  batch.sums.resize(numeric * width);
  math::moments(batch.weights.data(), width, rows_, {columns_.data(), stride_}, {batch.features.data(), width}, width,
                numeric, batch.sums.data());
  std::vector<double> by_feature(numeric);
  for (std::size_t p = 0; p < batch.count; ++p) {
    for (std::size_t f = 0; f < numeric; ++f) by_feature[f] = 2 * scales_[f] * batch.sums[f * width + p];
    const std::size_t dimensions = embedding_->dimensions();
    embedding_->pull_back({units + p * dimensions, dimensions}, warps_, by_feature.data(),
                          {out + p * dimensions, dimensions});
    if (bowl_ == 0) continue;
    const double by_any_mean = std::accumulate(by_mean + p * heads_, by_mean + (p + 1) * heads_, 0.0);
    embedding_->add_distance_out_gradient({units + p * dimensions, dimensions}, bowl_ * by_any_mean,
                                          {out + p * dimensions, dimensions});
  }
  if (!trend_) return;
  std::vector<double> factors(batch.count);
  for (std::size_t p = 0; p < batch.count; ++p) {
    factors[p] = std::accumulate(by_mean + p * heads_, by_mean + (p + 1) * heads_, 0.0);
  }
  trend_->add_gradient(units, batch.count, factors, out);
}

}  // namespace sterlet::samplers
