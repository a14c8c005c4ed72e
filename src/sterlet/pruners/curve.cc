#include "sterlet/pruners/curve.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>

#include "sterlet/math/curve_model.h"
#include "sterlet/pruners/progress.h"

namespace sterlet::pruners {

namespace {

constexpr std::size_t kBuckets = 40;       // Of the share of a run, for how far predictions were off.
constexpr std::size_t kCachedSteps = 512;  // Shapes of these steps are kept; others are computed each time.
constexpr double kForget = 0.9;  // Of how far off predictions were, at each complete trial: the prior keeps learning.
constexpr double kGuess = 0.07;  // How far off predictions are until it is known: of what curves fall in a run.
constexpr std::int64_t kSureTrials = 10;
constexpr double kUnsureFactor = 0.4;
constexpr int kStreak = 2;
constexpr std::int64_t kReportsMin = 2;
// Of the first few trials each leads somewhere; were all leaders protected at once, none of them could be pruned.
constexpr std::int64_t kTrialsPerLeader = 5;

struct Point {
  std::int64_t step = 0;
  double value = 0;
};

struct Recorded {
  std::size_t bucket = 0;
  double mean = 0, variance = 0;
};

struct Live {
  std::vector<Point> points;
  math::CurveSums sums;
  double share = 1;
  int streak = 0;
  std::optional<Forecast> forecast;
  std::vector<Recorded> recorded;  // The last raw prediction in each bucket.
};

// How far off predictions were in one part of a run.
struct Errors {
  double count = 0, sum = 0, squares = 0, variance = 0;
};

class Curve final : public Pruner {
 public:
  Curve(const CurveOptions& options, const StudyFacts& facts)
      : options_(options), facts_(facts), full_(options.max_steps) {}

  Decision report(const Report& report) override {
    if (!progress_.take(report)) return {};
    const auto index = static_cast<std::size_t>(report.trial);
    if (index >= live_.size()) live_.resize(index + 1);
    if (!std::isfinite(report.value)) {
      if (complete_count_ == 0) return {};
      return {.prune = true,
              .reason = fmt::format("at step {} it reported {}", report.step, facts_.text(report.value))};
    }
    if (!live_[index]) live_[index] = std::make_unique<Live>();
    Live& live = *live_[index];
    live.points.push_back({.step = report.step, .value = report.value});
    const bool leads = is_leader(report);
    if (full_ <= 0) return {};
    add(live.sums, live.points.back());
    if (complete_count_ == 0 || report.step >= full_) return {};
    const math::CurvePrediction raw = math::predict_curve(live.sums, prior_, shapes_at_end_, live.share);
    live.share = raw.next_share;
    const std::size_t bucket = bucket_of(report.step);
    record(live, {.bucket = bucket, .mean = raw.mean, .variance = raw.sd * raw.sd});
    live.forecast = corrected(raw, bucket);
    return judge(report, live, leads);
  }

  void finish(const Ending& ending) override {
    const auto index = static_cast<std::size_t>(ending.trial);
    if (index >= live_.size() || !live_[index]) return;
    const std::unique_ptr<Live> ended = std::move(live_[index]);
    if (ending.outcome == space::Outcome::kPruned) {
      if (ended->forecast) forecasts_[ending.trial] = *ended->forecast;
      return;
    }
    if (ending.outcome != space::Outcome::kComplete || !std::isfinite(ending.value)) return;
    if (options_.max_steps == 0 && ended->points.back().step > full_) {
      full_ = ended->points.back().step;
      errors_ = {};
      start_again(*ended);
      for (const auto& live : live_) {
        if (live) start_again(*live);
      }
    }
    if (full_ <= 0) return;
    learn(*ended, ending.value);
    if (complete_count_++ == 0 || ending.value < best_) {
      best_ = ending.value;
      best_trial_ = ending.trial;
    }
    renew_prior();
  }

  std::optional<Forecast> forecast(std::int64_t trial) const override {
    const auto index = static_cast<std::size_t>(trial);
    if (index < live_.size() && live_[index]) return live_[index]->forecast;
    const auto found = forecasts_.find(trial);
    return found == forecasts_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  Decision judge(const Report& report, Live& live, bool leads) const {
    const double spread = std::max(live.forecast->sd, 1e-12 * (1 + std::abs(best_)));
    const double chance = math::student6_below((best_ - live.forecast->value) / spread);
    const bool is_sure = complete_count_ >= kSureTrials;
    const double limit = is_sure ? options_.chance : options_.chance * kUnsureFactor;
    const std::int64_t twentieth = full_ / 20 + (full_ % 20 != 0 ? 1 : 0);  // Rounded up; any step may be the full one.
    const std::int64_t first = options_.min_steps > 0 ? options_.min_steps : twentieth;
    const bool may =
        complete_count_ >= options_.startup_trials && report.step >= first && live.sums.count >= kReportsMin;
    live.streak = may && !leads && chance < limit ? live.streak + 1 : 0;
    if (live.streak < kStreak) return {};
    return {.prune = true,
            .reason = fmt::format("at step {} of {} it was expected to end at {} +- {}; its chance to beat {} of trial "
                                  "{} was {:.2g}%, limit {:.3g}%",
                                  report.step, full_, facts_.text(live.forecast->value),
                                  base::short_number_text(live.forecast->sd), facts_.text(best_), best_trial_,
                                  100 * chance, 100 * limit)};
  }

  double share_of(std::int64_t step) const {
    return std::max(0.0, static_cast<double>(step)) / static_cast<double>(full_);
  }
  std::size_t bucket_of(std::int64_t step) const {
    return std::min(kBuckets - 1, static_cast<std::size_t>(share_of(step) * kBuckets));
  }

  void add(math::CurveSums& sums, const Point& point) {
    const auto step = static_cast<std::size_t>(std::max<std::int64_t>(0, point.step));
    if (step >= kCachedSteps) return sums.add(math::shape_values(share_of(point.step)), point.value);
    if (step >= cache_.size()) cache_.resize(step + 1);
    if (!cache_[step])
      cache_[step] = std::make_unique<std::array<double, math::kShapes>>(math::shape_values(share_of(point.step)));
    sums.add(*cache_[step], point.value);
  }

  // The length of a full run is another now.
  void start_again(Live& live) {
    cache_.clear();
    shapes_at_end_ = math::shape_values(1);
    live.sums = {};
    live.recorded.clear();
    live.streak = 0;
    for (const Point& point : live.points) add(live.sums, point);
  }

  static void record(Live& live, const Recorded& recorded) {
    if (!live.recorded.empty() && live.recorded.back().bucket == recorded.bucket) live.recorded.pop_back();
    live.recorded.push_back(recorded);
  }

  // Whether it is among the best that have been at this step.
  bool is_leader(const Report& report) {
    std::vector<double>& leaders = leaders_[report.step];
    const auto place = std::upper_bound(leaders.begin(), leaders.end(), report.value);
    const std::int64_t rank = place - leaders.begin();
    if (rank < options_.protect) leaders.insert(place, report.value);
    if (leaders.size() > static_cast<std::size_t>(options_.protect)) leaders.pop_back();
    return rank < std::min(options_.protect, 1 + complete_count_ / kTrialsPerLeader);
  }

  Forecast corrected(const math::CurvePrediction& raw, std::size_t bucket) const {
    // Shrunk: the errors' mean towards none, their spread towards a share of what curves fall in a run. Neighbouring
    // parts of a run share what they know.
    Errors errors;
    for (std::size_t i = bucket > 0 ? bucket - 1 : 0; i <= std::min(bucket + 1, kBuckets - 1); ++i) {
      errors.count += errors_[i].count;
      errors.sum += errors_[i].sum;
      errors.squares += errors_[i].squares;
      errors.variance += errors_[i].variance;
    }
    constexpr double kShrink = 2;
    const double n = errors.count, weight = n + kShrink;
    const double bias = errors.sum / weight;
    const double left = 1 - (static_cast<double>(bucket) + 0.5) / kBuckets;
    const double guess = kGuess * fall_ * left;
    const double spread = std::max(0.0, errors.squares - n * bias * bias) / weight;
    const double known = 0.5 * errors.variance / weight;  // What the predictions themselves allowed for.
    const double extra = std::max(0.0, spread - known) + kShrink / weight * guess * guess;
    return {.value = raw.mean + bias, .sd = std::sqrt(raw.sd * raw.sd + extra)};
  }

  // From a complete trial: how far off its predictions were, and what its curve was like.
  void learn(const Live& ended, double value) {
    for (Errors& errors : errors_) {
      errors = {errors.count * kForget, errors.sum * kForget, errors.squares * kForget, errors.variance * kForget};
    }
    for (const Recorded& recorded : ended.recorded) {
      Errors& errors = errors_[recorded.bucket];
      const double error = value - recorded.mean;
      errors.count += 1;
      errors.sum += error;
      errors.squares += error * error;
      errors.variance += recorded.variance;
    }
    // Seen alone, under a prior as wide as the curve itself.
    const double first = ended.points.front().value, fall = first - value;
    const double scale = std::max({std::abs(fall), 1e-3 * std::abs(value), 1e-9});
    const double noise = 4e-4 * scale * scale;
    math::CurvePrior wide{.mean_a = value, .mean_b = fall, .noise_shape = 1, .noise_rate = noise};
    wide.var_aa = wide.var_bb = 4 * scale * scale / noise;
    const math::CurvePrediction fit = math::predict_curve(ended.sums, wide, shapes_at_end_, 1);
    ++fit_count_;
    const std::array<double, 2> now{fit.mean_a, fit.mean_b};
    // Welford's updates, which lose no digits.
    std::array<double, 2> before{};
    for (std::size_t i = 0; i < 2; ++i) {
      before[i] = now[i] - fit_mean_[i];
      fit_mean_[i] += before[i] / fit_count_;
    }
    spread_aa_ += before[0] * (now[0] - fit_mean_[0]);
    spread_ab_ += before[0] * (now[1] - fit_mean_[1]);
    spread_bb_ += before[1] * (now[1] - fit_mean_[1]);
    log_noise_sum_ += std::log(std::max(fit.noise_variance, 1e-12 * scale * scale));
    for (std::size_t s = 0; s < math::kShapes; ++s) weight_sum_[s] += fit.weight[s];
    const double final_before = value - final_mean_;
    final_mean_ += final_before / fit_count_;
    final_spread_ += final_before * (value - final_mean_);
    fall_ += (std::abs(fall) - fall_) / fit_count_;
  }

  void renew_prior() {
    const double n = fit_count_;
    const double noise = std::exp(log_noise_sum_ / n);
    const double deviation = n > 1 ? std::sqrt(final_spread_ / (n - 1)) : 0;
    const double spread = 2 * std::max({deviation, 0.3 * fall_, 1e-9 * (1 + std::abs(final_mean_))});
    // A guess as wide as the curves, worth two trials, beside what they have shown.
    const double guess_bb = spread + std::abs(fit_mean_[1]);
    prior_.mean_a = fit_mean_[0];
    prior_.mean_b = fit_mean_[1];
    prior_.var_aa = (spread_aa_ + 2 * spread * spread) / (n + 1) / noise;
    prior_.var_ab = spread_ab_ / (n + 1) / noise;
    prior_.var_bb = (spread_bb_ + 2 * guess_bb * guess_bb) / (n + 1) / noise;
    prior_.noise_shape = 2;
    prior_.noise_rate = 2 * noise;
    for (std::size_t s = 0; s < math::kShapes; ++s)
      prior_.log_weight[s] = std::log((weight_sum_[s] + 4.0 / math::kShapes) / (n + 4));
  }

  CurveOptions options_;
  StudyFacts facts_;
  Progress progress_;
  std::vector<std::unique_ptr<Live>> live_;                        // Running trials; null: others.
  std::unordered_map<std::int64_t, Forecast> forecasts_;           // Of pruned ones. Looked up only.
  std::unordered_map<std::int64_t, std::vector<double>> leaders_;  // By step. Looked up only.
  std::vector<std::unique_ptr<std::array<double, math::kShapes>>> cache_;
  std::array<double, math::kShapes> shapes_at_end_ = math::shape_values(1);
  std::int64_t full_ = 0;  // Steps of a full run; 0: not known.
  std::int64_t complete_count_ = 0;
  double best_ = 0;
  std::int64_t best_trial_ = 0;
  math::CurvePrior prior_;
  std::array<Errors, kBuckets> errors_{};
  double fit_count_ = 0;
  std::array<double, 2> fit_mean_{};
  double spread_aa_ = 0, spread_ab_ = 0, spread_bb_ = 0;
  double log_noise_sum_ = 0;
  double final_mean_ = 0, final_spread_ = 0, fall_ = 0;
  std::array<double, math::kShapes> weight_sum_{};
};

}  // namespace

std::unique_ptr<Pruner> make_curve(const CurveOptions& options, const StudyFacts& facts) {
  return std::make_unique<Curve>(options, facts);
}

}  // namespace sterlet::pruners
