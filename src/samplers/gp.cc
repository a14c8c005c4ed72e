#include "sterlet/samplers/gp.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "sterlet/samplers/follower.h"
#include "sterlet/samplers/gp_acquisition.h"
#include "sterlet/samplers/gp_fit.h"
#include "sterlet/samplers/gp_search.h"
#include "sterlet/samplers/gp_transform.h"
#include "sterlet/samplers/sobol.h"
#include "sterlet/samplers/unit_table.h"

namespace sterlet::samplers {

namespace {

constexpr std::size_t kFantasies = 16;
constexpr std::size_t kAlwaysFit = 32;
constexpr std::size_t kFitRows = 256, kRoughRows = 80;

// What the model is told of one trial.
struct Told {
  std::size_t trial = 0;
  double value = 0;
  bool bad = false;  // Failed, or no number.
  double sd = 0;     // Of the value, where it is a prediction.
  bool operator==(const Told&) const = default;
};

class Gp final : public Sampler {
 public:
  Gp(const space::Space& space, const GpOptions& options, const Setting& setting)
      : space_(space),
        embedding_(space_),
        search_(space_, embedding_),
        sobol_(make_sobol(space, setting.seed)),
        table_(space.dimensions().size()) {
    const auto d = static_cast<std::int64_t>(embedding_.groups().size());
    startup_ = options.startup_trials;
    if (startup_ == 0) {
      startup_ = std::clamp<std::int64_t>(1 + d, 6, 10);
      if (setting.trial_budget) startup_ = std::min(startup_, std::max<std::int64_t>(4, *setting.trial_budget / 4));
    }
  }

  Suggestion suggest(const space::History& history, const base::StreamKey& key) const override {
    std::vector<Told> told;
    std::vector<std::size_t> pending, places;  // Of each told trial, how many came before it.
    std::size_t created = 0;
    for (const space::Observation& trial : history.trials()) {
      const auto number = static_cast<std::size_t>(trial.number);
      switch (trial.outcome) {
        case space::Outcome::kPending:
          pending.push_back(number);
          break;
        case space::Outcome::kVoid:
          continue;
        case space::Outcome::kFailed:
          told.push_back({.trial = number, .bad = true});
          break;
        case space::Outcome::kComplete:
        case space::Outcome::kPruned: {
          if (trial.outcome == space::Outcome::kPruned && trial.predicted_sd > 0) {
            // What it was on the way to says more than where it was when it was cut short.
            told.push_back({.trial = number, .value = trial.predicted_final, .sd = trial.predicted_sd});
            break;
          }
          const bool none = trial.values.empty() || std::isnan(trial.values.front()) || trial.values.front() > 1e300;
          told.push_back({.trial = number, .value = none ? 0 : trial.values.front(), .bad = none});
          break;
        }
      }
      if (trial.outcome != space::Outcome::kPending) places.push_back(created);
      ++created;
    }
    const auto good = std::count_if(told.begin(), told.end(), [](const Told& one) { return !one.bad; });
    if (created < static_cast<std::size_t>(startup_) || good < 2 || embedding_.groups().empty()) {
      return sobol_->suggest(history, key);
    }
    catch_up(history);
    fit(settled(told, places, created, pending.size()));
    return by_model(history, key, told, pending);
  }

 private:
  struct Data {
    std::vector<Told> told;
    GpTransform transform;
    std::vector<double> values;  // As the model sees them.
  };

  void catch_up(const space::History& history) const {
    const Follower::Step step = follower_.catch_up(history);
    if (step.restart) {
      table_.clear();
      models_.clear();
      fits_.clear();
      fitted_.clear();
    }
    table_.extend(space_, history);
  }

  static std::vector<double> targets(const std::vector<Told>& told, const GpTransform& transform) {
    std::vector<double> values;
    double low = 0, high = 0;
    bool any = false;
    for (const Told& one : told) {
      values.push_back(one.bad ? 0 : transform(one.value));
      if (one.bad) continue;
      low = any ? std::min(low, values.back()) : values.back();
      high = any ? std::max(high, values.back()) : values.back();
      any = true;
    }
    const double worst = high + 0.25 * (high - low) + 0.1;
    for (std::size_t i = 0; i < told.size(); ++i) {
      if (told[i].bad) values[i] = worst;
    }
    return values;
  }

  // Variance of each target beside the model's own noise: of predictions, on the model's scale.
  static std::vector<double> noises(const std::vector<Told>& told, const GpTransform& transform) {
    std::vector<double> variances;
    for (const Told& one : told) {
      const double half = one.sd > 0 ? (transform(one.value + one.sd) - transform(one.value - one.sd)) / 2 : 0;
      variances.push_back(half * half);
    }
    return variances;
  }

  // The trials that hyperparameters are learned from. While there are few, all that have ended. Later those among the
  // first N_k, with N_k growing by a sixteenth at a time and staying behind by twice the number of trials still
  // running, so that a late result seldom changes them: which fit holds is a question of what the history is now, not
  // of when anybody asked.
  static std::vector<Told> settled(const std::vector<Told>& told, const std::vector<std::size_t>& places,
                                   std::size_t created, std::size_t pending) {
    if (created <= kAlwaysFit + 2 * pending) return told;
    std::size_t checkpoint = kAlwaysFit;
    while (true) {
      const std::size_t next = checkpoint + std::max<std::size_t>(1, checkpoint / 16);
      if (next > created - 2 * pending) break;
      checkpoint = next;
    }
    std::vector<Told> first;
    for (std::size_t i = 0; i < told.size() && places[i] < checkpoint; ++i) first.push_back(told[i]);
    const auto good = std::count_if(first.begin(), first.end(), [](const Told& one) { return !one.bad; });
    return good >= 2 ? first : told;
  }

  static GpTransform transform_of(const std::vector<Told>& told) {
    std::vector<double> values;
    for (const Told& one : told) {
      if (!one.bad) values.push_back(one.value);
    }
    return GpTransform(values);
  }

  // Fits to at most `most` rows: the best third, the newest third, and others evenly from the rest.
  std::vector<GpFit> fit_on(const std::vector<Told>& told, const std::vector<double>& values,
                            const std::vector<double>& noise, std::size_t most, const GpFitPlan& plan) const {
    std::vector<std::size_t> chosen(told.size());
    std::iota(chosen.begin(), chosen.end(), 0);
    if (told.size() > most) {
      std::vector<std::size_t> order = chosen;
      std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
      std::vector<bool> taken(told.size(), false);
      for (std::size_t i = 0; i < most / 3; ++i) taken[order[i]] = taken[told.size() - 1 - i] = true;
      std::vector<std::size_t> rest;
      for (const std::size_t i : chosen) {
        if (!taken[i]) rest.push_back(i);
      }
      const std::size_t wanted = most - (told.size() - rest.size());
      for (std::size_t i = 0; i < wanted; ++i) taken[rest[i * rest.size() / wanted]] = true;
      std::erase_if(chosen, [&](std::size_t i) { return !taken[i]; });
    }
    GpRows rows{.dimensions = space_.dimensions().size()};
    std::vector<double> targets;
    for (const std::size_t i : chosen) {
      rows.append(table_.row(told[i].trial), noise[i]);
      targets.push_back(values[i]);
    }
    return fit_gp(embedding_, rows, targets, plan);
  }

  void fit(const std::vector<Told>& told) const {
    if (fitted_ == told && !fits_.empty()) return;
    fitted_ = told;
    models_.clear();
    const GpTransform transform = transform_of(told);
    const std::vector<double> values = targets(told, transform), noise = noises(told, transform);
    const auto d = static_cast<double>(embedding_.groups().size());
    GpFitPlan plan;
    plan.warped = static_cast<double>(told.size()) >= 4 * (d + 1);
    GpHyper rugged;
    rugged.warps.assign(embedding_.groups().size(), 0.0);
    rugged.log_lengths.assign(embedding_.groups().size(), std::log(0.3));
    rugged.log_noise = -9;
    plan.starts.push_back(rugged);
    if (plan.warped) {
      GpHyper relogged = rugged;
      bool any = false;
      for (std::size_t g = 0; g < embedding_.groups().size(); ++g) {
        relogged.warps[g] = embedding_.groups()[g].suspect;
        relogged.log_lengths[g] = -0.5;
        any = any || relogged.warps[g] != 0;
      }
      if (any) plan.starts.push_back(relogged);
    }
    plan.steps = 40;
    if (told.size() <= kRoughRows) {
      fits_ = fit_on(told, values, noise, told.size(), plan);
    } else {
      // Where the maximum lies is found with few rows; then all rows that are used move it a little.
      fits_ = fit_on(told, values, noise, kRoughRows, plan);
      plan.starts.assign(1, fits_.front().hyper);
      plan.from_prior = false;
      plan.steps = 15;
      fits_ = fit_on(told, values, noise, kFitRows, plan);
    }
  }

  Suggestion by_model(const space::History& history, const base::StreamKey& key, const std::vector<Told>& told,
                      const std::vector<std::size_t>& pending) const {
    if (models_.empty()) {
      models_.emplace_back(embedding_, fits_.front().hyper);
      numbers_.clear();
    }
    const GpTransform transform = transform_of(told);
    const std::vector<double> values = targets(told, transform);
    const std::vector<double> noise = noises(told, transform);
    std::vector<std::pair<std::size_t, double>> numbers;
    for (std::size_t i = 0; i < told.size(); ++i) numbers.emplace_back(told[i].trial, noise[i]);
    for (const std::size_t trial : pending) numbers.emplace_back(trial, 0.0);
    const auto same = static_cast<std::size_t>(
        std::mismatch(numbers_.begin(), numbers_.end(), numbers.begin(), numbers.end()).first - numbers_.begin());
    std::vector<std::vector<double>> draws;
    if (!pending.empty()) {
      base::StreamKey drawn = key;
      drawn.stream = base::Stream::kGp;
      drawn.attempt = 0xffff;
      base::RandomStream stream(drawn);
      for (std::size_t h = 0; h < kFantasies; ++h) {
        draws.emplace_back();
        for (std::size_t i = 0; i < pending.size(); ++i) {
          draws[h].push_back(h % 2 == 0 ? stream.normal() : -draws[h - 1][i]);
        }
      }
    }
    std::vector<GpAcquisition::Member> members;
    for (GpModel& model : models_) {
      model.truncate(same);
      GpRows rows{.dimensions = space_.dimensions().size()};
      for (std::size_t i = same; i < numbers.size(); ++i) rows.append(table_.row(numbers[i].first), numbers[i].second);
      model.append(rows);
      model.set_targets(values, draws);
      GpAcquisition::Member member{.model = &model, .weight = 1.0 / static_cast<double>(models_.size())};
      for (std::size_t h = 0; h < model.heads(); ++h) member.best.push_back(model.smallest_mean(h));
      members.push_back(std::move(member));
    }
    numbers_ = std::move(numbers);

    GpSearchStart start;
    std::vector<std::size_t> order(told.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    for (std::size_t i = 0; i < std::min<std::size_t>(order.size(), 5); ++i) {
      const auto row = table_.row(told[order[i]].trial);
      start.tops.emplace_back(row.begin(), row.end());
      for (double& u : start.tops.back()) u = std::isnan(u) ? 0.5 : u;
    }
    const GpHyper& hyper = models_.front().hyper();
    start.warps.assign(space_.dimensions().size(), 0.0);
    start.lengths.assign(space_.dimensions().size(), 1.0);
    for (std::size_t g = 0; g < embedding_.groups().size(); ++g) {
      start.warps[embedding_.groups()[g].dimension] = hyper.warps[g];
      start.lengths[embedding_.groups()[g].dimension] = std::exp(hyper.log_lengths[g]);
    }
    GpAcquisition acquisition(std::move(members));
    const std::vector<GpSearch::Found> found = search_.run(acquisition, start, key);
    std::size_t skipped = 0;
    for (const GpSearch::Found& one : found) {
      if (history.contains(one.point) || !space_.satisfies_constraints(one.point)) continue;
      if (skipped++ < key.attempt) continue;
      return described(one.point, transform);
    }
    return {.point = space_.draw(key), .origin = space::Origin::kModel};
  }

  Suggestion described(const space::Point& point, const GpTransform& transform) const {
    const GpModel& model = models_.front();
    const std::vector<double> unit = space_.to_unit(point);
    GpModel::Batch batch;
    model.predict(unit.data(), 1, true, batch);
    const double mean =
        std::accumulate(batch.mean.begin(), batch.mean.end(), 0.0) / static_cast<double>(batch.mean.size());
    const double spread = 1.6448536269514722 * std::sqrt(batch.variance[0] + std::exp(model.hyper().log_noise));
    return {.point = point,
            .origin = space::Origin::kModel,
            .predicted = transform.inverse(mean),
            .predicted_range = std::pair{transform.inverse(mean - spread), transform.inverse(mean + spread)}};
  }

  space::Space space_;
  GpEmbedding embedding_;
  GpSearch search_;
  std::unique_ptr<Sampler> sobol_;
  std::int64_t startup_ = 0;

  // The memo.
  mutable Follower follower_;
  mutable UnitTable table_;
  mutable std::vector<Told> fitted_;
  mutable std::vector<GpFit> fits_;
  mutable std::vector<GpModel> models_;
  mutable std::vector<std::pair<std::size_t, double>> numbers_;  // Trials whose rows the models hold, their noise.
};

}  // namespace

base::Result<std::unique_ptr<Sampler>> make_gp(const space::Space& space, const GpOptions& options,
                                               const Setting& setting) {
  if (setting.objective_count > 1) {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      fmt::format("sampler gp is for one objective (found {})", setting.objective_count),
                      "choose another sampler, or make one objective of them");
  }
  return std::make_unique<Gp>(space, options, setting);
}

}  // namespace sterlet::samplers
