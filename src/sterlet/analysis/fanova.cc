#include "sterlet/analysis/fanova.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sterlet/analysis/marginals.h"
#include "sterlet/math/least_squares.h"

namespace sterlet::analysis {

namespace {

constexpr std::size_t kPairColumns = 12;
constexpr std::size_t kPoints = 512;
// Scaling: the parts that are scaled each by itself, those beyond share one factor, and how far from 1 factors lie.
constexpr std::size_t kScaledParts = 24;
constexpr double kScaledShareMin = 0.002;
constexpr double kFactorVariance = 0.04;
constexpr double kFactorMax = 2;
constexpr double kRounding = 1e-24;

// Parts are numbered: first the columns, then the pairs.
class Decomposition final {
 public:
  Decomposition(const TrialTable& table, const Forest& forest, std::uint64_t seed)
      : table_(table), forest_(forest), width_(table.width()), whole_(forest.binned, {}) {
    choose_pairs();
    whole_ = Marginals(forest.binned, pairs_);
    for (const Trees& model : forest.models) {
      parts_.push_back(Marginals::of(forest.binned, model, pairs_));
      whole_.add(parts_.back(), 1 / static_cast<double>(forest.models.size()));
    }
    scale();
    draw_points(seed);
  }

  Fanova conclude() const {
    std::vector<Shares> each;
    std::vector<double> mean(kPoints, 0.0);
    for (std::size_t b = 0; b < forest_.models.size(); ++b) {
      std::vector<double> predictions(kPoints);
      for (std::size_t p = 0; p < kPoints; ++p) {
        predictions[p] = forest_.models[b].predict(points_.data() + p * width_);
        mean[p] += predictions[p] / static_cast<double>(forest_.models.size());
      }
      each.push_back(shares_of(parts_[b], predictions));
    }
    const Shares shares = shares_of(whole_, mean);
    Fanova out{.variance = shares.variance};
    for (std::size_t part = 0; part < width_ + pairs_.size(); ++part) {
      const Estimate estimate = estimate_of(shares, each, part);
      if (part < width_) {
        out.shares.push_back(estimate);
      } else {
        const auto [first, second] = pairs_[part - width_];
        out.pairs.push_back({.first = first, .second = second, .share = estimate});
      }
    }
    std::stable_sort(out.pairs.begin(), out.pairs.end(),
                     [](const auto& a, const auto& b) { return a.share.value > b.share.value; });
    return out;
  }

 private:
  struct Shares {
    std::vector<double> parts;
    double variance = 0;
  };

  void choose_pairs() {
    std::vector<double> use(width_, 0.0);
    for (const Trees& model : forest_.models) {
      const std::vector<double> own = Marginals::use_of_columns(forest_.binned, model);
      for (std::size_t j = 0; j < width_; ++j) use[j] += own[j];
    }
    std::vector<std::size_t> order(width_);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return use[a] > use[b]; });
    order.resize(std::min(width_, kPairColumns));
    std::sort(order.begin(), order.end());
    for (std::size_t i = 0; i < order.size(); ++i) {
      for (std::size_t k = i + 1; k < order.size(); ++k) pairs_.emplace_back(order[i], order[k]);
    }
  }

  double value_at(const Marginals& marginals, std::size_t part, const std::uint8_t* bins) const {
    if (part < width_) return marginals.alone(part, bins[part]);
    const auto [first, second] = pairs_[part - width_];
    return marginals.together(part - width_, bins[first], bins[second]);
  }

  double variance_of(const Marginals& marginals, std::size_t part) const {
    return part < width_ ? marginals.variance_alone(part) : marginals.variance_together(part - width_);
  }

  // The parts worth a factor of their own, the strongest first.
  std::vector<std::size_t> strong_parts() const {
    std::vector<double> variances;
    for (std::size_t part = 0; part < width_ + pairs_.size(); ++part) variances.push_back(variance_of(whole_, part));
    const double all = std::accumulate(variances.begin(), variances.end(), 0.0);
    std::vector<std::size_t> parts;
    for (std::size_t part = 0; part < variances.size(); ++part) {
      if (variances[part] > kScaledShareMin * all) parts.push_back(part);
    }
    std::stable_sort(parts.begin(), parts.end(), [&](auto a, auto b) { return variances[a] > variances[b]; });
    parts.resize(std::min(parts.size(), kScaledParts));
    return parts;
  }

  // result - prediction = constant + sum of (factor - 1) part over the trials that models have not seen, with a normal
  // prior on the factors around 1.
  void scale() {
    factors_.assign(width_ + pairs_.size() + 1, 1.0);
    const std::vector<std::size_t> strong = strong_parts();
    if (strong.empty()) return;
    const std::size_t unknowns = strong.size() + 2;  // The other parts as one, and the constant.
    const std::vector<std::vector<double>> rows = unseen_parts(strong);
    math::LeastSquares fit(unknowns);
    double squares = 0, count = 0;
    for (const std::vector<double>& row : rows) {
      if (row.empty()) continue;
      fit.add(row, row[unknowns]);
      squares += row[unknowns] * row[unknowns];
      count += 1;
    }
    if (count == 0 || squares == 0) return;
    for (std::size_t i = 0; i + 1 < unknowns; ++i) fit.pull(i, squares / count / kFactorVariance);
    const auto solution = fit.solve();
    if (!solution) return;
    const auto factor = [&](std::size_t i) { return std::clamp(1 + (*solution)[i], 0.0, kFactorMax); };
    factors_.assign(factors_.size(), factor(strong.size()));
    for (std::size_t i = 0; i < strong.size(); ++i) factors_[strong[i]] = factor(i);
  }

  // Of each trial some model has not seen, the means over those models: of the strong parts, of all the others
  // together, 1, and what the prediction misses. Empty for the others.
  std::vector<std::vector<double>> unseen_parts(const std::vector<std::size_t>& strong) const {
    const std::size_t missed = strong.size() + 2;
    std::vector<std::vector<double>> rows(table_.rows());
    for (std::size_t b = 0; b < forest_.models.size(); ++b) {
      const Forest::Unseen& unseen = forest_.unseen[b];
      for (std::size_t i = 0; i < unseen.rows.size(); ++i) {
        const std::uint8_t* bins = unseen.bins.data() + i * width_;
        std::vector<double>& row = rows[unseen.rows[i]];
        row.resize(missed + 1, 0.0);
        const double prediction = unseen.predictions[i];
        double others = prediction - parts_[b].mean();
        for (std::size_t k = 0; k < strong.size(); ++k) {
          const double value = value_at(parts_[b], strong[k], bins);
          row[k] += value;
          others -= value;
        }
        row[strong.size()] += others;
        row[strong.size() + 1] += 1;
        row[missed] += table_.results[unseen.rows[i]] - prediction;
      }
    }
    for (std::vector<double>& row : rows) {
      if (row.empty()) continue;
      const double models = row[strong.size() + 1];
      for (double& value : row) value /= models;
    }
    return rows;
  }

  void draw_points(std::uint64_t seed) {
    base::RandomStream stream({.seed = seed, .trial = forest_.models.size(), .stream = kAnalysisStream});
    points_.resize(kPoints * width_);
    for (std::size_t p = 0; p < kPoints; ++p) forest_.binned.draw(stream, points_.data() + p * width_);
  }

  // What columns alone and in pairs leave is small, so that few points measure it well enough.
  double variance_beyond(const Marginals& marginals, const std::vector<double>& predictions) const {
    double sum = 0;
    for (std::size_t p = 0; p < kPoints; ++p) {
      double left = predictions[p] - marginals.mean();
      for (std::size_t part = 0; part < width_ + pairs_.size(); ++part) {
        left -= value_at(marginals, part, points_.data() + p * width_);
      }
      sum += left * left;
    }
    return sum / static_cast<double>(kPoints);
  }

  // Trees know a space in which everything is always active, and the coordinate without effect where it is not. There
  // a part of U has p^2 of its variance where U is active; the other p (1 - p) is a part of U with what decides it.
  Shares shares_of(const Marginals& marginals, const std::vector<double>& predictions) const {
    const auto square = [&](std::size_t part) { return factors_[part] * factors_[part]; };
    Shares out{.variance = variance_beyond(marginals, predictions) * square(factors_.size() - 1)};
    for (std::size_t part = 0; part < width_ + pairs_.size(); ++part) {
      out.parts.push_back(variance_of(marginals, part) * square(part));
      out.variance += out.parts.back();
    }
    // What rounding leaves of equal results.
    if (out.variance <= kRounding * (1 + marginals.mean() * marginals.mean())) out.variance = 0;
    const std::vector<double> always = out.parts;
    for (std::size_t part = 0; part < out.parts.size(); ++part) {
      if (part < width_) {
        out.parts[part] = always[part] / table_.active(part);
        continue;
      }
      const auto [first, second] = pairs_[part - width_];
      const double both = table_.active(first, second);
      double moved = 0;
      if (decides(first, second)) moved += always[second] * (1 / table_.active(second) - 1);
      if (decides(second, first)) moved += always[first] * (1 / table_.active(first) - 1);
      out.parts[part] = moved > 0 ? std::max(0.0, always[part] - moved) : both > 0 ? always[part] / both : 0;
    }
    for (double& part : out.parts) part = out.variance > 0 ? std::min(1.0, part / out.variance) : 0;
    return out;
  }

  bool decides(std::size_t first, std::size_t second) const {
    const std::vector<std::size_t>& deciders = table_.columns[second].deciders;
    return std::find(deciders.begin(), deciders.end(), first) != deciders.end();
  }

  Estimate estimate_of(const Shares& shares, const std::vector<Shares>& each, std::size_t part) const {
    double mean = 0, squares = 0;
    for (const Shares& one : each) mean += one.parts[part] / static_cast<double>(each.size());
    for (const Shares& one : each) squares += (one.parts[part] - mean) * (one.parts[part] - mean);
    const double sd = std::sqrt(squares / static_cast<double>(each.size() - 1) * forest_.drawn_share);
    const double unexplained = std::clamp(1 - forest_.explained, 0.0, 1.0);
    const double value = shares.parts[part];
    const double half = shares.variance > 0
                            ? 1.6 * sd + 0.5 * std::min(unexplained, 0.02 + 30 / static_cast<double>(table_.rows()))
                            : 0;
    return {.value = value, .low = std::max(0.0, value - half), .high = std::min(1.0, value + half)};
  }

  const TrialTable& table_;
  const Forest& forest_;
  std::size_t width_;
  std::vector<Marginals::Pair> pairs_;
  Marginals whole_;
  std::vector<Marginals> parts_;  // One a model.
  std::vector<double> factors_;   // One a part; last that of all beyond pairs.
  std::vector<std::uint8_t> points_;
};

}  // namespace

Fanova analyse_variance(const TrialTable& table, const Forest& forest, std::uint64_t seed) {
  if (forest.models.empty()) return {.shares = std::vector<Estimate>(table.width())};
  return Decomposition(table, forest, seed).conclude();
}

}  // namespace sterlet::analysis
