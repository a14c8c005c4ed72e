#include "sterlet/samplers/gp_model.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "sterlet/base/math/dense.h"

namespace sterlet::samplers {

namespace {

constexpr double kVarianceFloor = 1e-12;

}  // namespace

GpModel::GpModel(const GpEmbedding& embedding, GpHyper hyper)
    : embedding_(&embedding),
      hyper_(std::move(hyper)),
      variance_(base::portable_exp(hyper_.log_variance)),
      noise_(base::portable_exp(hyper_.log_noise)) {
  for (const double log_length : hyper_.log_lengths) weights_.push_back(base::portable_exp(-2 * log_length));
  for (const double t : hyper_.warps) warps_.emplace_back(t);
}

void GpModel::reserve(std::size_t rows) {
  if (rows <= stride_) return;
  const std::size_t stride = base::padded(std::max<std::size_t>(rows, std::max<std::size_t>(32, stride_ * 3 / 2)));
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
  moved(lower_, stride);
  moved(inverse_, stride);
  stride_ = stride;
  alphas_.clear();
}

void GpModel::append(const GpRows& rows) {
  const std::size_t end = rows_ + rows.count();
  reserve(end);
  inverted_ = std::min(inverted_, rows_);
  std::vector<double> features(embedding_->feature_count()), slope(stride_);
  for (std::size_t i = rows_; i < end; ++i) {
    embedding_->features(rows.row(i - rows_), warps_, features.data());
    for (std::size_t f = 0; f < features.size(); ++f) columns_[f * stride_ + i] = features[f];
  }
  row_noise_.resize(rows_);
  for (std::size_t i = rows_; i < end; ++i) {
    row_noise_.push_back(noise_ * rows.share_of(i - rows_) + rows.noise_of(i - rows_));
  }
  std::vector<double> extra(row_noise_.begin() + static_cast<std::ptrdiff_t>(rows_), row_noise_.end());
  // Rows before `from` have their factor; those after may have been spoilt by a failure.
  for (std::size_t from = rows_; from < end;) {
    for (std::size_t i = from; i < end; ++i) {
      double* row = lower_.data() + i * stride_;
      std::fill(row, row + stride_, 0.0);
      covariances(i, features, row, slope.data());
      row[i] += extra[i - rows_];
    }
    from = base::factor_rows(lower_.data(), stride_, from, end, 1e-3 * noise_);
    if (from < end) extra[from - rows_] = std::max(10 * extra[from - rows_], 1e-10 * variance_);
  }
  rows_ = end;
}

// Of row i with rows [0, i].
void GpModel::covariances(std::size_t i, std::span<double> features, double* row, double* slope) const {
  for (std::size_t f = 0; f < features.size(); ++f) features[f] = columns_[f * stride_ + i];
  distances(features.data(), i + 1, row);
  base::matern52(row, i + 1, variance_, row, slope);
}

void GpModel::distances(const double* point, std::size_t count, double* squared) const {
  const auto& groups = embedding_->groups();
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const std::size_t end = g + 1 < groups.size() ? groups[g + 1].feature : embedding_->feature_count();
    for (std::size_t f = groups[g].feature; f < end; ++f) {
      const double* column = columns_.data() + f * stride_;
      if (groups[g].category) {
        base::add_difference(column, count, point[f], weights_[g], squared);
      } else {
        base::add_squared_difference(column, count, point[f], weights_[g], squared);
      }
    }
  }
}

void GpModel::set_targets(std::span<const double> values, const std::vector<std::vector<double>>& draws) {
  const std::size_t told = values.size();
  // c: with a = L^-1 1 and b = L^-1 y, the mode is a'b / (a'a + 1 / prior variance).
  std::vector<double> solved(2 * stride_, 0.0);
  double* ones = solved.data();
  double* whitened = solved.data() + stride_;
  std::fill_n(ones, told, 1.0);
  std::copy(values.begin(), values.end(), whitened);
  base::solve_rows(lower_.data(), stride_, told, ones, stride_, 2);
  constant_ = base::dot(ones, whitened, told) / (base::dot(ones, ones, told) + 1 / kGpMeanVariance);
  double log_determinant = 0;
  for (std::size_t i = 0; i < told; ++i) {
    whitened[i] -= constant_ * ones[i];
    log_determinant += std::log(lower_[i * stride_ + i]);
  }
  likelihood_ = -0.5 * base::dot(whitened, whitened, told) - log_determinant -
                0.5 * static_cast<double>(told) * std::log(2 * std::numbers::pi);

  // The factor's rows of pending points hold their joint distribution: a draw is a whitened value.
  heads_ = std::max<std::size_t>(draws.size(), 1);
  alphas_.assign(heads_ * stride_, 0.0);
  row_means_.assign(heads_ * rows_, 0.0);
  for (std::size_t h = 0; h < heads_; ++h) {
    double* alpha = alphas_.data() + h * stride_;
    std::copy_n(whitened, told, alpha);
    if (rows_ > told) std::copy_n(draws[h].begin(), rows_ - told, alpha + told);
    std::vector<double> fantasy(rows_);
    for (std::size_t i = told; i < rows_; ++i) {
      fantasy[i] = constant_ + base::dot(lower_.data() + i * stride_, alpha, i + 1);
    }
    base::solve_transposed(lower_.data(), stride_, rows_, alpha);
    // K alpha = y - c, noise and all: the mean at a row is what is left without its noise.
    for (std::size_t i = 0; i < rows_; ++i) {
      row_means_[h * rows_ + i] = (i < told ? values[i] : fantasy[i]) - row_noise_[i] * alpha[i];
    }
  }
}

void GpModel::predict(const double* units, std::size_t count, bool variances, Batch& batch) const {
  const std::size_t features = embedding_->feature_count();
  batch.count = count;
  batch.features.resize(count * features);
  batch.covariances.assign(count * stride_, 0.0);
  batch.slopes.assign(count * stride_, 0.0);
  batch.mean.resize(count * heads());
  const std::size_t width = embedding_->dimensions();
  batch.width = width;
  for (std::size_t p = 0; p < count; ++p) {
    double* point = batch.features.data() + p * features;
    embedding_->features({units + p * width, width}, warps_, point);
    double* row = batch.covariances.data() + p * stride_;
    distances(point, rows_, row);
    base::matern52(row, rows_, variance_, row, batch.slopes.data() + p * stride_);
    for (std::size_t h = 0; h < heads(); ++h) {
      batch.mean[p * heads() + h] = constant_ + base::dot(alphas_.data() + h * stride_, row, rows_);
    }
  }
  if (!variances) return;
  batch.variance.resize(count);
  batch.solved = batch.covariances;
  base::solve_rows(lower_.data(), stride_, rows_, batch.solved.data(), stride_, count);
  for (std::size_t p = 0; p < count; ++p) {
    const double* solved = batch.solved.data() + p * stride_;
    batch.variance[p] = std::max(variance_ - base::dot(solved, solved, rows_), kVarianceFloor);
  }
}

void GpModel::ensure_inverse() const {
  if (inverted_ >= rows_) return;
  base::invert_transposed(lower_.data(), stride_, inverted_, rows_, inverse_.data(), stride_);
  inverted_ = rows_;
}

void GpModel::gradient(const double* units, Batch& batch, const double* by_mean, const double* by_variance,
                       double* out) const {
  ensure_inverse();
  const std::size_t features = embedding_->feature_count();
  const std::size_t heads = heads_;
  batch.weights.assign(batch.count * stride_, 0.0);
  base::multiply_upper(inverse_.data(), stride_, rows_, batch.solved.data(), stride_, batch.weights.data(), stride_,
                       batch.count);
  std::vector<double> by_feature(features);
  for (std::size_t p = 0; p < batch.count; ++p) {
    // d/dx of the mean is alpha' dk/dx, of the variance -2 (K^-1 k)' dk/dx.
    double* factors = batch.weights.data() + p * stride_;
    const double scale = -2 * by_variance[p];
    for (std::size_t i = 0; i < rows_; ++i) factors[i] *= scale;
    for (std::size_t h = 0; h < heads; ++h) {
      const double* alpha = alphas_.data() + h * stride_;
      const double weight = by_mean[p * heads + h];
      for (std::size_t i = 0; i < rows_; ++i) factors[i] += weight * alpha[i];
    }
    const double* slopes = batch.slopes.data() + p * stride_;
    for (std::size_t i = 0; i < rows_; ++i) factors[i] *= slopes[i];
    const double* point = batch.features.data() + p * features;
    for (std::size_t g = 0; g < weights_.size(); ++g) {
      const GpGroup& group = embedding_->groups()[g];
      if (group.category) continue;
      const std::size_t end = g + 1 < weights_.size() ? embedding_->groups()[g + 1].feature : features;
      for (std::size_t f = group.feature; f < end; ++f) {
        by_feature[f] = 2 * weights_[g] * base::moment(factors, columns_.data() + f * stride_, rows_, point[f]);
      }
    }
    embedding_->pull_back({units + p * batch.width, batch.width}, warps_, by_feature.data(),
                          {out + p * batch.width, batch.width});
  }
}

}  // namespace sterlet::samplers
