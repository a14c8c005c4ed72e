#include "sterlet/analysis/retest.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "sterlet/base/normal.h"
#include "sterlet/base/result.h"
#include "sterlet/math/student.h"

namespace sterlet::analysis {

namespace {

constexpr double kFalseRusted = 0.05;
constexpr double kPriorFreedom = 1, kPriorShare = 0.05;  // Of the noise: its weight, and its sd in spreads.
constexpr double kFarShare = 0.1;                        // More noise, in distances from the best.
constexpr double kToleranceSds = 1.5, kToleranceShare = 0.02;
constexpr double kCutSpreads = 5;
constexpr double kPairErrors = 2;
constexpr double kTauRusted = 0.3, kTauHolds = 0.6;
constexpr double kSureHolds = 0.9;
constexpr double kMovedLevel = 0.01;
constexpr std::size_t kArmsMin = 4, kPairsMin = 4;
constexpr double kRepeatsForRust = 3;  // Fewer say too little of the noise.
constexpr double kTauClip = 0.97;      // Of a perfect order, whose z would be infinite.

struct Arm {
  double then = 0, now = 0;
  double runs_then = 1, runs = 1;
  double then_variance = 0, now_variance = 0;  // Of the means.
};

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

class Judge final {
 public:
  Judge(std::span<const RetestArm> arms, const RetestFacts& facts) : facts_(facts) {
    take(arms);
    measure_noise(arms);
  }

  RetestJudgement run() {
    RetestJudgement judgement{.noise_sd = sd_, .tolerance = tolerance_};
    find_best(judgement);
    correlate(judgement);
    find_movement(judgement);
    decide(judgement);
    return judgement;
  }

 private:
  void take(std::span<const RetestArm> arms) {
    double best_then = std::numeric_limits<double>::infinity(), best_now = best_then, worst = -best_then;
    for (const RetestArm& arm : arms) {
      best_then = std::min(best_then, arm.then);
      for (const double value : arm.now) {
        if (!std::isfinite(value)) continue;
        best_now = std::min(best_now, value);
        worst = std::max(worst, value);
      }
    }
    if (!std::isfinite(best_now)) best_now = worst = best_then;  // All failed: the failures decide.
    const double cut_now = best_now + kCutSpreads * facts_.spread;
    const double failed = std::min(worst, cut_now) + facts_.spread;
    for (const RetestArm& arm : arms) {
      std::vector<double> now;
      for (const double value : arm.now) now.push_back(std::isfinite(value) ? std::min(value, cut_now) : failed);
      arms_.push_back({.then = std::min(arm.then, best_then + kCutSpreads * facts_.spread),
                       .now = mean_of(now),
                       .runs_then = arm.runs_then,
                       .runs = static_cast<double>(now.size())});
      values_.push_back(std::move(now));
    }
    best_then_ = best_then;
  }

  void measure_noise(std::span<const RetestArm> arms) {
    const double prior = kPriorShare * facts_.spread;
    double squares = kPriorFreedom * prior * prior;
    freedom_ = kPriorFreedom;
    if (facts_.noise_sd && facts_.noise_freedom > 0) {
      squares = facts_.noise_freedom * *facts_.noise_sd * *facts_.noise_sd;
      freedom_ = facts_.noise_freedom;
    }
    double best_now = std::numeric_limits<double>::infinity();
    for (const Arm& arm : arms_) best_now = std::min(best_now, arm.now);
    for (std::size_t i = 0; i < arms.size(); ++i) {
      const double far = kFarShare * (arms_[i].now - best_now);
      for (const double value : values_[i]) {
        const double deviation = value - arms_[i].now;
        // What the distance explains is no noise of the good ones.
        squares += std::max(0.0, deviation * deviation - far * far);
      }
      freedom_ += arms_[i].runs - 1;
      repeats_ += arms_[i].runs - 1;
    }
    sd_ = std::max(std::sqrt(squares / freedom_), 1e-9 * facts_.spread);
    tolerance_ = std::max(kToleranceSds * sd_, kToleranceShare * facts_.spread);
    for (Arm& arm : arms_) {
      const auto variance = [&](double value, double best, double runs) {
        const double far = kFarShare * std::max(0.0, value - best);
        return (sd_ * sd_ + far * far) / runs;
      };
      arm.then_variance = variance(arm.then, best_then_, arm.runs_then);
      arm.now_variance = variance(arm.now, best_now, arm.runs);
    }
  }

  double tail(double t) const { return 1 - math::student_cdf(t, freedom_); }

  // Those that could not be told from the best then.
  bool is_tied_then(const Arm& arm) const {
    const Arm& first = arms_.front();
    return arm.then - first.then < kPairErrors * std::sqrt(arm.then_variance + first.then_variance);
  }

  void find_best(RetestJudgement& judgement) {
    for (std::size_t i = 1; i < arms_.size(); ++i) {
      if (arms_[i].now < arms_[judgement.best_now].now) judgement.best_now = i;
    }
    judgement.behind = arms_.front().now - arms_[judgement.best_now].now;
    // The old best beaten: each challenger by itself.
    const Arm& first = arms_.front();
    const double ties = 1 + static_cast<double>(std::count_if(arms_.begin() + 1, arms_.end(),
                                                              [&](const Arm& a) { return is_tied_then(a); }));
    const double share_of_ties = ties / static_cast<double>(arms_.size());
    const double rivals =
        static_cast<double>(arms_.size() - 1) + std::max(1.0, share_of_ties * static_cast<double>(facts_.trials));
    for (std::size_t i = 1; i < arms_.size(); ++i) {
      const Arm& arm = arms_[i];
      const double ahead = first.now - arm.now - tolerance_;
      const double change = first.now - arm.now + std::max(0.0, arm.then - first.then);
      const double now_error = std::sqrt(arm.now_variance + first.now_variance);
      const double change_error =
          std::sqrt(arm.now_variance + first.now_variance + arm.then_variance + first.then_variance);
      const double p = std::min(1.0, rivals * std::max(tail(ahead / now_error), tail(change / change_error)));
      if (p < beaten_) {
        beaten_ = p;
        challenger_ = i;
      }
    }
    // Not behind: the old best, or one tied with it then, against each other one.
    for (std::size_t i = 0; i < arms_.size(); ++i) {
      if (!is_tied_then(arms_[i])) continue;
      double sure = 1;
      std::size_t closest = i;
      for (std::size_t j = 0; j < arms_.size(); ++j) {
        if (j == i) continue;
        const double error = std::sqrt(arms_[i].now_variance + arms_[j].now_variance);
        const double ahead = math::student_cdf((tolerance_ - (arms_[i].now - arms_[j].now)) / error, freedom_);
        if (ahead >= sure) continue;
        sure = ahead;
        closest = j;
      }
      if (sure <= standing_) continue;
      standing_ = sure;
      holder_ = i;
      rival_ = closest;
    }
  }

  void correlate(RetestJudgement& judgement) {
    double agree = 0, disagree = 0;
    for (std::size_t i = 0; i < arms_.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        const Arm &a = arms_[i], &b = arms_[j];
        const double then = (a.then - b.then) / std::sqrt(a.then_variance + b.then_variance);
        const double now = (a.now - b.now) / std::sqrt(a.now_variance + b.now_variance);
        if (std::abs(then) < kPairErrors || std::abs(now) < kPairErrors) continue;
        (then * now > 0 ? agree : disagree) += 1;
      }
    }
    pairs_ = agree + disagree;
    if (pairs_ == 0) return;
    const double tau = (agree - disagree) / pairs_;
    judgement.correlation = tau;
    const double n = std::max(static_cast<double>(arms_.size()), 5.0);
    z_ = std::atanh(std::clamp(tau, -kTauClip, kTauClip));
    z_error_ = std::sqrt(0.437 / (n - 4));
    constexpr double kTwoSided90 = 1.6448536269514722;
    // z is clipped, and a tau of 1 lies beyond what it was clipped to.
    judgement.correlation_low = std::min(tau, std::tanh(z_ - kTwoSided90 * z_error_));
    judgement.correlation_high = std::max(tau, std::tanh(z_ + kTwoSided90 * z_error_));
    is_enough_ = arms_.size() >= kArmsMin && pairs_ >= static_cast<double>(kPairsMin);
  }

  // The values of the settings that were chosen for being good then were lucky; those of the others were not.
  void find_movement(RetestJudgement& judgement) const {
    double weights = 0, sum = 0, squares = 0, count = 0;
    const auto others = std::count_if(arms_.begin(), arms_.end(), [&](const Arm& arm) { return !is_tied_then(arm); });
    for (const Arm& arm : arms_) {
      if (others >= 2 && is_tied_then(arm)) continue;
      const double change = arm.now - arm.then, variance = arm.now_variance + arm.then_variance;
      weights += 1 / variance;
      sum += change / variance;
      squares += change * change / variance;
      count += 1;
    }
    judgement.moved = sum / weights;
    double largest = 0;
    for (const Arm& arm : arms_) largest = std::max(largest, std::abs(arm.now - arm.then));
    judgement.has_moved = math::fisher_tail(squares / count, count, freedom_) < kMovedLevel && largest > tolerance_;
  }

  void decide(RetestJudgement& judgement) {
    const double level = kFalseRusted / facts_.looks;
    const double disordered = is_enough_ ? 1 - base::normal_cdf((std::atanh(kTauRusted) - z_) / z_error_) : 1;
    const double ordered = is_enough_ ? base::normal_cdf((z_ - std::atanh(kTauRusted)) / z_error_) : 0;
    const double rusted = 1 - std::min(beaten_, disordered);
    const double kept = std::min(standing_, ordered);
    const Verdict other = judgement.has_moved ? Verdict::kDrifted : Verdict::kHolds;
    const bool is_beyond_chance = arms_.size() >= kArmsMin && 1 - rusted < level;
    if (is_beyond_chance && repeats_ >= kRepeatsForRust) {
      judgement.verdict = judgement.leaning = Verdict::kRusted;
      judgement.confidence = rusted;
      return;
    }
    judgement.leaning = rusted > kept ? Verdict::kRusted : other;
    judgement.confidence = std::max(rusted, kept);
    const bool has_order = judgement.correlation.value_or(0) > kTauHolds;
    if (is_enough_ && repeats_ > 0 && kept > kSureHolds && has_order && beaten_ > level) {
      judgement.verdict = judgement.leaning = other;
      judgement.confidence = kept;
      return;
    }
    choose(judgement, level);
    if (is_beyond_chance && repeats_ > 0) {
      judgement.repeat = arms_[challenger_].runs <= arms_.front().runs ? challenger_ : 0;
    }
  }

  void choose(RetestJudgement& judgement, double level) const {
    constexpr std::size_t kArmsFirst = 5, kArmsForOrder = 8;
    if (arms_.size() < kArmsMin) return;
    if (repeats_ == 0) {
      judgement.repeat = 0;
      return;
    }
    if (arms_.size() < kArmsFirst) return;
    // The old best against the one that beats it; else the one that stands against its closest rival: whichever has
    // fewer runs.
    const std::size_t rival = beaten_ < 0.5 ? challenger_ : rival_;
    const std::size_t held = beaten_ < 0.5 ? 0 : holder_;
    const bool is_order_clear = !is_enough_ || judgement.correlation.value_or(0) > kTauHolds;
    const bool is_duel = beaten_ > level && beaten_ < 0.5;
    if (!is_duel && standing_ > kSureHolds) return;  // The order is what is not clear: another setting.
    if (!is_duel && !is_order_clear && arms_.size() < kArmsForOrder) return;
    if (held == rival) return;
    judgement.repeat = arms_[held].runs <= arms_[rival].runs ? held : rival;
  }

  const RetestFacts& facts_;
  std::vector<Arm> arms_;
  std::vector<std::vector<double>> values_;
  double best_then_ = 0;
  double sd_ = 0, freedom_ = 0, tolerance_ = 0, repeats_ = 0;
  double beaten_ = 1;    // The probability of what was seen if the old best were not beaten, for all looks at rivals.
  double standing_ = 0;  // That it, or one tied with it then, is not behind any by more than the tolerance.
  std::size_t challenger_ = 0, holder_ = 0, rival_ = 0;
  double z_ = 0, z_error_ = 1, pairs_ = 0;
  bool is_enough_ = false;
};

}  // namespace

std::string_view text_of(Verdict verdict) {
  constexpr std::array<std::string_view, 4> kTexts{"holds", "drifted", "rusted", "unsure"};
  return kTexts[static_cast<std::size_t>(verdict)];
}

RetestJudgement judge_retest(std::span<const RetestArm> arms, const RetestFacts& facts) {
  STERLET_CHECK(!arms.empty(), "there is an arm to judge");
  return Judge(arms, facts).run();
}

}  // namespace sterlet::analysis
