#include "sterlet/samplers/refine/refine.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "sterlet/samplers/history_cursor.h"
#include "sterlet/samplers/refine/box.h"
#include "sterlet/samplers/sobol.h"
#include "sterlet/samplers/warp.h"

// The state (which level, which box) is a function of what the history holds now, in the order of trial numbers, not of
// the order in which it came: the box of level l is made from the first b_l results by number. So a resumed study,
// which has lost the order, goes on with the same boxes, and a late result corrects the boxes that it should have
// entered.

namespace sterlet::samplers {

namespace {

using space::Observation;
using space::Origin;
using space::Outcome;

constexpr double kEliteShare = 0.15;
constexpr std::size_t kElitesMin = 4, kElitesMax = 12;
constexpr double kStartShare = 0.35;       // Of the budget, for the global points before the first box.
constexpr std::size_t kLevelsMax = 9;      // That a budget is divided among.
constexpr double kPendingShare = 0.3;      // Of a level, that may be pending when the next one is opened.
constexpr double kGrowingShare = 0.1;      // Later levels are at least that share of all results: O(log n) levels.
constexpr int kBoxDrawsMax = 64;           // In one box, where constraints are broken.
constexpr std::uint32_t kBoxAttempts = 8;  // Asked again more often: the box may be exhausted.
constexpr std::uint64_t kBoxSeed = 0x5DEECE66D1CE4E5B;  // Sets the boxes' sequence apart from the global one,
constexpr std::uint64_t kLogSeed = 0x9E3779B97F4A7C15;  // and that of the global points on suspect scales.

// After how many results each level is opened: level l + 1 after opening(l).
class Schedule final {
 public:
  Schedule(std::size_t dimensions, const RefineOptions& options, const StudyFacts& facts) {
    const auto d = static_cast<double>(dimensions);
    const double step = 2 * (d + 1);
    if (facts.trial_budget) {
      const auto budget = static_cast<double>(std::max<std::int64_t>(*facts.trial_budget, 1));
      double start = std::clamp(kStartShare * budget, 2 * d + 2, std::max(64 * d, 2 * d + 2));
      start = std::max(1.0, std::min(start, budget / 2));
      if (options.start > 0) start = static_cast<double>(options.start);
      const double rest = std::max(1.0, budget - start);
      double levels = std::clamp(std::floor(rest / step), 1.0, static_cast<double>(kLevelsMax));
      if (options.levels > 0) levels = static_cast<double>(options.levels);
      start_ = static_cast<std::size_t>(start);
      length_ = static_cast<std::size_t>(std::max(1.0, rest / levels));
      levels_ = static_cast<std::size_t>(levels);
    } else {
      start_ = static_cast<std::size_t>(options.start > 0 ? static_cast<double>(options.start) : std::max(16.0, 4 * d));
      length_ = static_cast<std::size_t>(step);
    }
  }

  std::size_t start() const { return start_; }
  /// Results that must come after `opened` (when the level was opened) before the next one is.
  std::size_t length(std::size_t level, std::size_t opened) const {
    if (level < levels_) return length_;
    return std::max(length_, static_cast<std::size_t>(kGrowingShare * static_cast<double>(opened)));
  }
  bool is_last(std::size_t level) const { return levels_ > 0 && level >= levels_; }

 private:
  std::size_t start_ = 0, length_ = 1;
  std::size_t levels_ = 0;  // 0: not known.
};

bool is_finished(const Observation& trial) {
  return trial.outcome == Outcome::kComplete || trial.outcome == Outcome::kPruned || trial.outcome == Outcome::kFailed;
}

// Hides differences in the last bits between machines.
double on_grid(double unit) { return std::round(unit * 0x1p40) * 0x1p-40; }

double round_to_4_digits(double value) {
  const std::string text = fmt::format("{:.4g}", value);
  double rounded = value;
  std::from_chars(text.data(), text.data() + text.size(), rounded);
  return rounded;
}

class Refine final : public Sampler {
 public:
  Refine(const space::Space& space, const RefineOptions& options, const StudyFacts& facts)
      : space_(space),
        options_(options),
        schedule_(space.dimensions().size(), options, facts),
        global_points_(sobol_points(space, facts.seed)),
        log_points_(sobol_points(space, facts.seed ^ kLogSeed)),
        box_points_(sobol_points(space, facts.seed ^ kBoxSeed)) {
    for (std::size_t i = 0; i < space.dimensions().size(); ++i) {
      warps_.emplace_back(suspect_warp(space, i));
      any_suspect_ = any_suspect_ || !warps_.back().is_identity();
    }
  }

  Suggestion suggest(const space::History& history, const base::StreamKey& key) const override {
    const Box* box = current_box(history);
    base::StreamKey own = key;
    own.stream = base::Stream::kRefine;
    if (box == nullptr || is_global_turn(history)) return global_point(history, own);
    Suggestion suggestion = box_point(*box, history, own);
    suggestion.note = note_of(*box);
    return suggestion;
  }

 private:
  // A box, and the results that it was made from.
  struct Level {
    Box box;
    std::size_t wanted = 0;       // So many first results by number.
    std::size_t used = 0;         // Fewer where some were pending.
    std::uint32_t last_used = 0;  // The highest number among them.
  };

  // The points of a box are numbered by those before, so every 1 / share-th ask is global however they were told.
  bool is_global_turn(const space::History& history) const {
    const auto asked = static_cast<double>(history.count(Origin::kSobol) + history.count(Origin::kZoom));
    return std::floor((asked + 1) * options_.global_share) > std::floor(asked * options_.global_share);
  }

  Suggestion global_point(const space::History& history, const base::StreamKey& key) const {
    if (key.attempt == 0) {
      const auto index = static_cast<std::uint32_t>(history.count(Origin::kSobol));
      space::Point point = space_.from_unit(global_unit(index, key));
      if (space_.satisfies_constraints(point)) return {.point = std::move(point), .origin = Origin::kSobol};
    }
    return {.point = space_.draw(key), .origin = Origin::kSobol};
  }

  // Two sequences in turn where a scale is suspect: that of the given scales, and that of the ones they may stand for.
  std::vector<double> global_unit(std::uint32_t index, const base::StreamKey& key) const {
    if (!any_suspect_) return global_points_.at(index, key);
    if (index % 2 == 0) return global_points_.at(index / 2, key);
    std::vector<double> unit = log_points_.at(index / 2, key);
    for (std::size_t i = 0; i < unit.size(); ++i) unit[i] = on_grid(warps_[i].inverse(unit[i]));
    return unit;
  }

  Suggestion box_point(const Box& box, const space::History& history, const base::StreamKey& key) const {
    if (key.attempt == 0) {
      const auto index = static_cast<std::uint32_t>(history.count(Origin::kZoom));
      space::Point point = point_in(box, box_points_.at(index, key));
      if (space_.satisfies_constraints(point)) return {.point = std::move(point), .origin = Origin::kZoom};
    }
    if (key.attempt >= kBoxAttempts) return {.point = space_.draw(key), .origin = Origin::kZoom};
    base::RandomStream stream(key);
    space::Point point;
    for (int i = 0; i < kBoxDrawsMax; ++i) {
      std::vector<double> unit(space_.dimensions().size());
      for (double& coordinate : unit) coordinate = stream.uniform();
      point = point_in(box, unit);
      if (space_.satisfies_constraints(point)) return {.point = std::move(point), .origin = Origin::kZoom};
    }
    return {.point = space_.repair(point, key), .origin = Origin::kZoom};
  }

  space::Point point_in(const Box& box, std::vector<double> unit) const {
    for (std::size_t i = 0; i < unit.size(); ++i) {
      if (box.chances[i].empty()) {
        unit[i] = on_grid(warps_[i].inverse(box.low[i] + unit[i] * (box.high[i] - box.low[i])));
        continue;
      }
      const std::vector<double>& chances = box.chances[i];
      std::size_t choice = 0;
      for (double left = unit[i] - chances[0]; left >= 0 && choice + 1 < chances.size(); left -= chances[choice]) {
        ++choice;
      }
      unit[i] = (static_cast<double>(choice) + 0.5) / static_cast<double>(chances.size());
    }
    return space_.from_unit(unit);
  }

  // {"level": 2, "box": {"learning_rate": [0.001, 0.02], "optimizer": {"sgd": 0.9, "adam": 0.1}}}: what is narrowed.
  base::Json note_of(const Box& box) const {
    base::Json ranges = base::Json::object();
    for (std::size_t i = 0; i < box.low.size(); ++i) {
      const space::Parameter& parameter = space_.parameters()[space_.dimensions()[i].parameter];
      const std::string name = space_.dimension_name(i);
      if (!box.chances[i].empty()) {
        for (std::size_t choice = 0; choice < box.chances[i].size(); ++choice) {
          ranges[name][space::text_of(parameter.choices[choice])] = round_to_4_digits(box.chances[i][choice]);
        }
        continue;
      }
      if (box.low[i] <= 0 && box.high[i] >= 1) continue;
      const double low = space_.axis(i).value(warps_[i].inverse(box.low[i]));
      const double high = space_.axis(i).value(warps_[i].inverse(box.high[i]));
      if (parameter.kind == space::Kind::kOrdinal) {
        ranges[name] = {space::json_from_scalar(parameter.choices[static_cast<std::size_t>(low)]),
                        space::json_from_scalar(parameter.choices[static_cast<std::size_t>(high)])};
      } else if (parameter.kind == space::Kind::kInt) {
        ranges[name] = {static_cast<std::int64_t>(low), static_cast<std::int64_t>(high)};
      } else {
        ranges[name] = {round_to_4_digits(low), round_to_4_digits(high)};
      }
    }
    return {{"level", box.level}, {"box", std::move(ranges)}};
  }

  // Null while the first, global points are under way, or nothing has a value.
  const Box* current_box(const space::History& history) const {
    catch_up(history);
    std::size_t opening = schedule_.start(), length = schedule_.start();
    for (std::size_t level = 1;; ++level) {
      const auto allowance = static_cast<std::size_t>(kPendingShare * static_cast<double>(length));
      const bool is_open = finished_ > 0 && finished_ + std::min(pending_, allowance) >= opening;
      if (!is_open) {
        return level == 1 || levels_.empty() ? nullptr : &levels_[level - 2].box;
      }
      if (level > levels_.size()) levels_.push_back(make_level(history, level, opening));
      length = schedule_.length(level, opening);
      opening += length;
    }
  }

  // Forgets levels that the changed trials touch.
  void catch_up(const space::History& history) const {
    const HistoryCursor::Step step = cursor_.advance(history);
    if (step.restart) {
      states_.clear();
      levels_.clear();
      finished_ = pending_ = 0;
    }
    states_.resize(history.size(), State::kNone);
    for (const std::uint32_t number : step.changed) {
      const Observation& trial = history.trials()[number];
      State& state = states_[number];
      finished_ -= state == State::kFinished ? 1 : 0;
      pending_ -= state == State::kPending ? 1 : 0;
      const State old = state;
      state = is_finished(trial)                   ? State::kFinished
              : trial.outcome == Outcome::kPending ? State::kPending
                                                   : State::kNone;
      finished_ += state == State::kFinished ? 1 : 0;
      pending_ += state == State::kPending ? 1 : 0;
      if (old != State::kFinished && state != State::kFinished) continue;
      const auto touched = std::find_if(levels_.begin(), levels_.end(), [&](const Level& level) {
        return level.used < level.wanted || number <= level.last_used;
      });
      levels_.erase(touched, levels_.end());
    }
  }

  Level make_level(const space::History& history, std::size_t number, std::size_t wanted) const {
    Level level{.wanted = wanted};
    std::vector<std::uint32_t> among;
    for (std::uint32_t i = 0; i < states_.size() && among.size() < wanted; ++i) {
      if (states_[i] == State::kFinished) among.push_back(i);
    }
    level.used = among.size();
    level.last_used = among.empty() ? 0 : among.back();
    const auto share = static_cast<std::size_t>(std::ceil(kEliteShare * static_cast<double>(among.size())));
    const Elites elites = find_elites(history, among, std::clamp(share, kElitesMin, kElitesMax));
    const std::size_t earlier = number >= 2 ? levels_[number - 2].used : 0;
    BoxEvidence evidence{
        .elites = elites,
        .failed_share = failed_share(history, std::span(among).subspan(std::min(earlier, among.size()))),
        .is_last = schedule_.is_last(number)};
    for (const std::size_t trial : elites.trials) {
      evidence.units.push_back(space_.to_unit(history.trials()[trial].point));
      for (std::size_t i = 0; i < warps_.size(); ++i) evidence.units.back()[i] = warps_[i](evidence.units.back()[i]);
    }
    const Box whole = whole_box(space_);
    evidence.tries = tries_of(history, among);
    const Box& last = number >= 2 ? levels_[number - 2].box : whole;
    const Box& before = number >= 3 ? levels_[number - 3].box : whole;
    level.box = next_box(space_, warps_, last, before, evidence, options_.shrink);
    return level;
  }

  std::vector<std::vector<std::int64_t>> tries_of(const space::History& history,
                                                  std::span<const std::uint32_t> among) const {
    std::vector<std::vector<std::int64_t>> tries(space_.dimensions().size());
    for (std::size_t i = 0; i < tries.size(); ++i) {
      if (space_.axis(i).ordered()) continue;
      tries[i].assign(*space_.axis(i).level_count(), 0);
      for (const std::uint32_t number : among) {
        const double choice = history.trials()[number].point.values[i];
        if (!std::isnan(choice)) ++tries[i][static_cast<std::size_t>(choice)];
      }
    }
    return tries;
  }

  static double failed_share(const space::History& history, std::span<const std::uint32_t> among) {
    double zoomed = 0, failed = 0;
    for (const std::uint32_t number : among) {
      const Observation& trial = history.trials()[number];
      if (trial.origin != Origin::kZoom) continue;
      ++zoomed;
      failed += trial.outcome == Outcome::kFailed ? 1 : 0;
    }
    return zoomed > 0 ? failed / zoomed : 0;
  }

  enum class State : std::uint8_t { kNone, kPending, kFinished };

  space::Space space_;
  RefineOptions options_;
  Schedule schedule_;
  math::SobolPoints global_points_, log_points_, box_points_;
  std::vector<Warp> warps_;  // One a dimension: where its scale is suspect, to the one that it may stand for.
  bool any_suspect_ = false;

  // Memo.
  mutable HistoryCursor cursor_;
  mutable std::vector<State> states_;  // One a trial.
  mutable std::size_t finished_ = 0, pending_ = 0;
  mutable std::vector<Level> levels_;
};

}  // namespace

std::unique_ptr<Sampler> make_refine(const space::Space& space, const RefineOptions& options, const StudyFacts& facts) {
  return std::make_unique<Refine>(space, options, facts);
}

}  // namespace sterlet::samplers
