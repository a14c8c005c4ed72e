#include "sterlet/samplers/cmaes/view.h"

#include <algorithm>
#include <cmath>

#include "sterlet/base/normal.h"

namespace sterlet::samplers {

namespace {

double rounded(double unit) { return std::round(unit * 0x1p40) * 0x1p-40; }

// 1.2 -> 0.8, -0.3 -> 0.3, 2.1 -> 0.1.
double mirrored(double x) {
  const double folded = std::fabs(std::remainder(x, 2.0));
  return std::min(folded, 1.0);
}

}  // namespace

CmaesStanding cmaes_standing(const space::Observation& trial) {
  CmaesStanding standing{.number = trial.number};
  const bool has_value = !trial.values.empty() && !std::isnan(trial.values.front());
  if (trial.outcome == space::Outcome::kFailed || (!has_value && trial.outcome == space::Outcome::kComplete)) {
    standing.outcome = 2;
    return standing;
  }
  for (const double constraint : trial.constraints) {
    if (!(constraint <= 0)) standing.violation += std::isnan(constraint) ? HUGE_VAL : constraint;
  }
  standing.value = has_value ? trial.values.front() : HUGE_VAL;
  if (trial.outcome == space::Outcome::kPruned) {
    standing.outcome = 1;
    standing.steps_left = -trial.last_step;
  }
  return standing;
}

CmaesView::CmaesView(space::Space space) : space_(std::move(space)) {
  for (std::size_t dimension = 0; dimension < space_.dimensions().size(); ++dimension) {
    const space::Axis& axis = space_.axis(dimension);
    const std::uint64_t levels = axis.level_count().value_or(0);
    if (levels == 1) continue;
    if (axis.ordered()) {
      coordinates_.push_back(dimension);
      levels_.push_back(levels);
    } else {
      choices_.push_back({.dimension = dimension, .count = levels, .first_share = share_count_});
      share_count_ += levels;
    }
  }
}

std::vector<double> CmaesView::coordinates_of(std::span<const double> unit) const {
  std::vector<double> sample;
  for (const std::size_t dimension : coordinates_) {
    sample.push_back(std::isnan(unit[dimension]) ? 0.5 : unit[dimension]);
  }
  return sample;
}

std::vector<double> CmaesView::even_shares() const {
  std::vector<double> shares(share_count_);
  for (const Choice& choice : choices_) {
    std::fill_n(shares.begin() + static_cast<std::ptrdiff_t>(choice.first_share), choice.count,
                1 / static_cast<double>(choice.count));
  }
  return shares;
}

void CmaesView::add_choices(std::span<const double> unit, double amount, std::vector<double>& shares) const {
  for (const Choice& choice : choices_) {
    const auto count = static_cast<double>(choice.count);
    if (std::isnan(unit[choice.dimension])) {  // Not active: nothing to learn.
      for (std::size_t k = 0; k < choice.count; ++k) shares[choice.first_share + k] += amount / count;
      continue;
    }
    const auto k = static_cast<std::size_t>(unit[choice.dimension] * count);
    shares[choice.first_share + std::min(k, choice.count - 1)] += amount;
  }
}

void CmaesView::normalise(std::vector<double>& shares, double least) const {
  for (const Choice& choice : choices_) {
    const std::span<double> mine = std::span(shares).subspan(choice.first_share, choice.count);
    double sum = 0;
    for (const double share : mine) sum += std::max(0.0, share);
    double raised_sum = 0;
    for (double& share : mine) {
      share = std::max(std::max(0.0, share) / sum, least / static_cast<double>(choice.count));
      raised_sum += share;
    }
    for (double& share : mine) share /= raised_sum;
  }
}

CmaesDraw CmaesView::draw(const CmaesState& state, std::span<const double> shares, double widening,
                          base::RandomStream& stream) const {
  std::vector<double> normals(coordinates_.size());
  for (double& normal : normals) normal = widening * stream.normal();
  CmaesDraw draw{.sample = cmaes_sample(state, normals), .unit = std::vector<double>(space_.dimensions().size(), 0.5)};
  for (std::size_t i = 0; i < coordinates_.size(); ++i) {
    const double mean = state.mean[i];
    const double stretched = mean + state.margins[i] * (draw.sample[i] - mean);
    const double inside = levels_[i] > 0 ? std::clamp(stretched, 0.0, 1.0) : mirrored(stretched);
    draw.unit[coordinates_[i]] = rounded(inside);
  }
  for (const Choice& choice : choices_) {
    double left = stream.uniform();
    std::size_t k = 0;
    while (k + 1 < choice.count && left >= shares[choice.first_share + k]) left -= shares[choice.first_share + k++];
    draw.unit[choice.dimension] = rounded((static_cast<double>(k) + 0.5) / static_cast<double>(choice.count));
  }
  return draw;
}

std::vector<double> CmaesView::sample_behind(const CmaesState& state, std::span<const double> unit,
                                             base::RandomStream& stream) const {
  const std::size_t d = coordinates_.size();
  std::vector<double> sample(d);
  for (std::size_t i = 0; i < d; ++i) {
    const double share = stream.uniform() * (1 - 0x1p-52) + 0x1p-53;
    const double mean = state.mean[i];
    const double spread = state.sigma * std::sqrt(state.covariance[i * d + i]);
    const double here = unit[coordinates_[i]];
    if (std::isnan(here)) {
      sample[i] = mean + spread * base::normal_quantile(share);
      continue;
    }
    sample[i] = here;
    if (levels_[i] == 0) continue;
    const space::Axis& axis = space_.axis(coordinates_[i]);
    const std::uint64_t level = level_at(i, here);
    const auto below = [&](std::uint64_t edge) {
      return base::normal_cdf((axis.cell_begin(edge) - mean) / (spread * state.margins[i]));
    };
    const double begin = level == 0 ? 0.0 : below(level);
    const double end = level + 1 == levels_[i] ? 1.0 : below(level + 1);
    // Where the level is all but out of reach the middle of its cell has to do.
    if (end - begin > 1e-9) sample[i] = mean + spread * base::normal_quantile(begin + share * (end - begin));
  }
  return sample;
}

void CmaesView::settle(CmaesState& state, double margin) const {
  for (std::size_t i = 0; i < coordinates_.size(); ++i) {
    if (levels_[i] > 0) {
      cmaes_keep_margin(state, i, cell_of(i, level_at(i, state.mean[i])), margin);
      continue;
    }
    if (state.mean[i] >= 0 && state.mean[i] <= 1) continue;
    if (state.mean[i] > -1 && state.mean[i] < 2) cmaes_mirror(state, i, state.mean[i] < 0 ? 0 : 1);
    state.mean[i] = mirrored(state.mean[i]);
  }
}

std::uint64_t CmaesView::level_at(std::size_t coordinate, double unit) const {
  const space::Axis& axis = space_.axis(coordinates_[coordinate]);
  std::uint64_t low = 0, high = levels_[coordinate] - 1;  // The level lies in [low, high].
  while (low < high) {
    const std::uint64_t middle = low + (high - low + 1) / 2;
    if (unit >= axis.cell_begin(middle)) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

CmaesCell CmaesView::cell_of(std::size_t coordinate, std::uint64_t level) const {
  const space::Axis& axis = space_.axis(coordinates_[coordinate]);
  const double begin = axis.cell_begin(level == 0 ? 1 : level);
  const double end = axis.cell_begin(level + 1 == levels_[coordinate] ? level : level + 1);
  return {.begin = begin, .end = end};
}

}  // namespace sterlet::samplers
