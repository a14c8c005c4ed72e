#include "sterlet/samplers/gp/surface.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace sterlet::samplers {

namespace {

constexpr std::size_t kRoughRows = 72;  // Of more rows than these the region of the maximum is found with so many,
constexpr double kRoughGrowth = 1.25;   // anew whenever there are so many times more trials,
constexpr std::size_t kFitRows = 96;    // and the maximum with at most these.
constexpr int kSteps = 36;              // Evaluations of the best start; of every start, where trials are not few; and
constexpr int kTogether = 12, kPolish = 20;  // from the region to the maximum.
constexpr double kWarpTrials = 4;            // A parameter, before its warp is learned.
// A rugged function without noise can explain few noisy values, too, and makes a peak of every lucky one. So one start
// has much noise; what becomes of it is taken where its log density exceeds that of the best fit with little noise by
// kLoudMargin. Without a margin, functions free of noise suffered: docs/decisions/0003-gp-noise.md.
constexpr double kLoudNoise = 0.1, kLoudMargin = 0.5;
// Where noise hides the shape, a stationary process finds corners promising because it knows least of them, and in six
// dimensions nearly all is corner: the same note has the figures.
constexpr double kBowl = 2;
// What older studies leave to explain is expected to vary more than the values, not less: their order is kept far from
// good settings, and seldom among these, whose differences the transform spreads. docs/decisions/0009-warm.md.
constexpr double kLogResidualVariance = 2;

// `most` of the values' indexes, ascending: `best` of the smallest, `newest` of the last, others evenly from the rest.
std::vector<std::size_t> choose(const std::vector<double>& values, std::size_t most, std::size_t best,
                                std::size_t newest) {
  std::vector<std::size_t> chosen(values.size());
  std::iota(chosen.begin(), chosen.end(), 0);
  if (values.size() <= most) return chosen;
  std::vector<std::size_t> order = chosen;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<bool> taken(values.size(), false);
  for (std::size_t i = 0; i < best; ++i) taken[order[i]] = true;
  for (std::size_t i = 0; i < newest; ++i) taken[values.size() - 1 - i] = true;
  std::vector<std::size_t> rest;
  for (const std::size_t i : chosen) {
    if (!taken[i]) rest.push_back(i);
  }
  const std::size_t wanted = most - (values.size() - rest.size());
  for (std::size_t i = 0; i < wanted; ++i) taken[rest[i * rest.size() / wanted]] = true;
  std::erase_if(chosen, [&](std::size_t i) { return !taken[i]; });
  return chosen;
}

// Moves the best fit with little noise to the front, unless the one there is far likelier.
void prefer_quiet(std::vector<GpFit>& fits) {
  const auto quiet = std::find_if(fits.begin(), fits.end(),
                                  [](const GpFit& fit) { return fit.hyper.log_noise < std::log(kLoudNoise); });
  if (quiet == fits.end() || fits.front().log_posterior - quiet->log_posterior >= kLoudMargin) return;
  std::rotate(fits.begin(), quiet, quiet + 1);
}

std::vector<double> usable(const std::vector<GpTold>& told) {
  std::vector<double> values;
  for (const GpTold& one : told) {
    if (!one.bad) values.push_back(one.value);
  }
  return values;
}

}  // namespace

std::vector<double> GpSurface::targets(const std::vector<GpTold>& told) const {
  std::vector<double> values;
  double low = 0, high = 0;
  bool any = false;
  for (const GpTold& one : told) {
    values.push_back(one.bad ? 0 : (*transform_)(one.value));
    if (one.bad) continue;
    low = any ? std::min(low, values.back()) : values.back();
    high = any ? std::max(high, values.back()) : values.back();
    any = true;
  }
  // Bad ones are no rows of the process; their values only say that they come last.
  const double worst = high + 0.25 * (high - low) + 0.1;
  for (std::size_t i = 0; i < told.size(); ++i) {
    if (told[i].bad) values[i] = worst;
  }
  return values;
}

// A prediction has a variance of its own, as the model sees it.
GpSurface::Row GpSurface::row_of(const GpTold& told) const {
  Row row{.trial = told.trial, .share = 1 / told.runs};
  if (told.sd > 0) {
    const double half = ((*transform_)(told.value + told.sd) - (*transform_)(told.value - told.sd)) / 2;
    row.noise = half * half;
  }
  return row;
}

std::vector<GpFit> GpSurface::fit_on(const UnitTable& table, const std::vector<GpTold>& told,
                                     const std::vector<double>& values, std::size_t most, const GpFitPlan& plan) const {
  std::vector<std::size_t> good;
  std::vector<double> good_values;
  for (std::size_t i = 0; i < told.size(); ++i) {
    if (told[i].bad) continue;
    good.push_back(i);
    good_values.push_back(values[i]);
  }
  GpRows rows{.dimensions = embedding_->dimensions()};
  std::vector<double> wanted;
  for (const std::size_t i : choose(good_values, most, most / 3, most / 3)) {
    const Row row = row_of(told[good[i]]);
    rows.append(table.row(row.trial), row.noise, row.share);
    wanted.push_back(good_values[i]);
  }
  return fit_gp(*embedding_, rows, wanted, plan);
}

void GpSurface::make_transform(const std::vector<GpTold>& told) {
  const std::vector<double> values = usable(told);
  transform_.emplace(values, kind_ == Kind::kObjective ? GpTransform::Kind::kOrder : GpTransform::Kind::kSign);
}

// From where a first fit begins, beside the prior's mode.
GpFitPlan GpSurface::first_plan(std::size_t settled) const {
  const std::size_t groups = embedding_->groups().size();
  GpFitPlan plan;
  plan.warped = static_cast<double>(settled) >= kWarpTrials * static_cast<double>(groups + 1);
  plan.steps = kSteps;
  plan.together = settled <= kFewRows ? kSteps : kTogether;
  GpHyper rugged{.log_lengths = std::vector<double>(groups, std::log(0.3)), .warps = std::vector<double>(groups, 0.0)};
  plan.starts.push_back(rugged);
  GpHyper on_log = rugged;
  for (std::size_t g = 0; g < groups; ++g) {
    on_log.warps[g] = embedding_->groups()[g].suspect;
    on_log.log_lengths[g] = -0.5;
  }
  if (on_log.warps != rugged.warps) plan.starts.push_back(on_log);
  GpHyper loud{.warps = rugged.warps, .log_variance = std::log(0.5), .log_noise = std::log(0.5)};
  for (std::size_t g = 0; g < groups; ++g) loud.log_lengths.push_back(expected_log_length(*embedding_, g));
  if (kind_ == Kind::kObjective) plan.starts.push_back(loud);
  return plan;
}

// The region of the maximum, from the first so many of the settled trials. It moves little from fit to fit.
const GpHyper& GpSurface::roughly_fitted(const UnitTable& table, const std::vector<GpTold>& settled) {
  auto count = static_cast<double>(kRoughRows);
  while (count * kRoughGrowth <= static_cast<double>(settled.size())) count *= kRoughGrowth;
  std::vector<GpTold> first(settled.begin(), settled.begin() + static_cast<std::ptrdiff_t>(count));
  if (usable(first).size() < 2) first = settled;
  if (roughly_fitted_ == first) return rough_;
  make_transform(first);
  std::vector<GpFit> fits = fit_on(table, first, targets(first), kRoughRows, first_plan(first.size()));
  if (kind_ == Kind::kObjective) prefer_quiet(fits);
  rough_ = fits.front().hyper;
  roughly_fitted_ = first;
  make_transform(settled);
  return rough_;
}

// From fixed starts, or from a fit that rests on the first trials alone, never from the fit before: a study opened
// again must not have to repeat them all.
void GpSurface::fit(const UnitTable& table, const std::vector<GpTold>& settled) {
  if (fitted_ == settled && model_) return;  // Only their transform was wanted.
  fitted_ = settled;
  held_.clear();
  GpFitPlan plan = first_plan(settled.size());
  if (settled.size() > kRoughRows) {
    plan.starts.assign(1, roughly_fitted(table, settled));
    plan.from_prior = false;
    plan.steps = kPolish;
  }
  std::vector<double> values = targets(settled);
  learn_trend(table, settled, values);
  if (trend_) plan.log_variance = kLogResidualVariance;
  std::vector<GpFit> fits = fit_on(table, settled, values, kFitRows, plan);
  if (kind_ == Kind::kObjective) prefer_quiet(fits);
  const double bowl = kind_ == Kind::kObjective ? kBowl : 0;
  fits.front().hyper.bowl = bowl;
  model_.emplace(*embedding_, fits.front().hyper, trend_);
  others_.clear();
  if (draws_ == 0 || settled.size() > kFewRows) return;
  GpRows rows{.dimensions = embedding_->dimensions()};
  std::vector<double> wanted;
  for (std::size_t i = 0; i < settled.size(); ++i) {
    if (settled[i].bad) continue;
    const Row row = row_of(settled[i]);
    rows.append(table.row(row.trial), row.noise, row.share);
    wanted.push_back(values[i]);
  }
  for (GpHyper& hyper : draw_hypers(*embedding_, rows, wanted, plan, fits.front().hyper, draws_)) {
    hyper.bowl = bowl;
    others_.emplace_back(*embedding_, std::move(hyper), trend_);
  }
}

// What older studies lead to expect, taken off the values: hyperparameters are those of what is left.
void GpSurface::learn_trend(const UnitTable& table, const std::vector<GpTold>& settled, std::vector<double>& values) {
  trend_.reset();
  if (olds_.empty()) return;
  std::vector<double> units, good;
  for (std::size_t i = 0; i < settled.size(); ++i) {
    if (settled[i].bad) continue;
    const auto row = table.row(settled[i].trial);
    units.insert(units.end(), row.begin(), row.end());
    good.push_back(values[i]);
  }
  trend_ = GpTrend::learn(olds_, units, good);
  if (!trend_) return;
  const std::vector<double> expected = trend_->at(units.data(), good.size());
  std::size_t at = 0;
  for (std::size_t i = 0; i < settled.size(); ++i) {
    if (!settled[i].bad) values[i] -= expected[at++];
  }
}

void GpSurface::learn(const UnitTable& table, const std::vector<GpTold>& told, const std::vector<std::size_t>& pending,
                      const std::vector<std::vector<double>>& draws) {
  std::vector<GpTold> settled;
  for (const GpTold& one : told) {
    if (one.settled) settled.push_back(one);
  }
  if (!model_ || fitted_ != settled || settled.size() > kMostRows) {
    make_transform(settled);
    fit(table, settled);
  }
  // Of many settled trials a choice that holds as long as the fit; all others, in the order of their numbers.
  std::vector<bool> in(told.size(), true);
  if (settled.size() > kMostRows) {
    std::vector<bool> chosen(settled.size(), false);
    for (const std::size_t i : choose(targets(settled), kMostRows, kMostRows / 2, 0)) chosen[i] = true;
    std::size_t at = 0;
    for (std::size_t i = 0; i < told.size(); ++i) {
      if (told[i].settled) in[i] = chosen[at++];
    }
  }
  make_transform(told);
  values_ = targets(told);
  rows_.clear();
  std::vector<Row> all;
  std::vector<double> wanted;
  for (std::size_t i = 0; i < told.size(); ++i) {
    if (!in[i] || told[i].bad) continue;
    rows_.push_back(i);
    all.push_back(row_of(told[i]));
    wanted.push_back(values_[i]);
  }
  for (const std::size_t trial : pending) all.push_back({.trial = trial});
  const auto same =
      static_cast<std::size_t>(std::mismatch(held_.begin(), held_.end(), all.begin(), all.end()).first - held_.begin());
  GpRows rows{.dimensions = embedding_->dimensions()};
  for (std::size_t i = same; i < all.size(); ++i) rows.append(table.row(all[i].trial), all[i].noise, all[i].share);
  const auto update = [&](GpModel& model) {
    model.truncate(same);
    model.append(rows);
    model.set_targets(wanted, draws);
  };
  update(*model_);
  for (GpModel& other : others_) update(other);
  held_ = std::move(all);
}

}  // namespace sterlet::samplers
