#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "sterlet/analysis/retest_choice.h"
#include "sterlet/base/rng.h"
#include "sterlet/practices/checks.h"
#include "sterlet/practices/search.h"

namespace sterlet::practices {

namespace {

constexpr std::uint64_t kRepetitions = 100;
constexpr std::int64_t kTrials = 40;
constexpr std::size_t kEvaluationsMax = 15;
constexpr int kFirstLook = 4;
constexpr double kNoise = 0.01;

struct Told {
  analysis::Verdict verdict = analysis::Verdict::kUnsure;
  std::size_t evaluations = 0;
};

// One study of random points, and a retest of it on other data; the noise is that of single trainings.
base::Result<Told> retest(const Parts& parts, std::uint64_t seed, const Objective& then, const Objective& now) {
  const space::Space space = space_of({{.name = "x"}, {.name = "y"}});
  base::RandomStream noise({.seed = seed, .stream = base::Stream::kPractice});
  STERLET_TRY(const auto points,
              run_search(parts, space, {.sampler = "random", .seed = seed, .trials = kTrials}, then));
  std::vector<analysis::OldSetting> settings;
  for (const auto& point : points) settings.push_back({.value = then(point) + kNoise * noise.normal(), .unit = point});
  const auto order = analysis::choose_to_retest(settings, kEvaluationsMax);
  const analysis::RetestFacts facts{.spread = analysis::spread_of(settings),
                                    .trials = kTrials,
                                    .looks = static_cast<int>(kEvaluationsMax) - kFirstLook + 1};
  std::vector<analysis::RetestArm> arms;
  analysis::RetestJudgement judgement;
  Told told;
  while (told.evaluations < kEvaluationsMax) {
    if (!judgement.repeat) {
      arms.push_back({.then = settings[order[arms.size()]].value});
      judgement.repeat = arms.size() - 1;
    }
    const std::size_t arm = *judgement.repeat;
    arms[arm].now.push_back(now(points[order[arm]]) + kNoise * noise.normal());
    ++told.evaluations;
    const auto kind = [](analysis::Verdict verdict) {
      return verdict == analysis::Verdict::kDrifted ? analysis::Verdict::kHolds : verdict;
    };
    const analysis::Verdict before = judgement.verdict;
    judgement = parts.judge_retest(arms, facts);
    told.verdict = judgement.verdict;
    const bool is_same = kind(before) == kind(told.verdict) && told.verdict != analysis::Verdict::kUnsure;
    if (told.evaluations > kFirstLook && is_same) break;
  }
  return told;
}

}  // namespace

// The loss is the squared distance to an optimum; other data move it by half of the range in both parameters.
Finding stale_optimum(const Parts& parts) {
  std::size_t rusted = 0, false_rusted = 0, evaluations = 0;
  for (std::uint64_t seed = 0; seed < kRepetitions; ++seed) {
    const std::vector<double> optimum = hidden_place(seed, 2);
    const auto loss_at = [](std::vector<double> place) {
      return [place](const std::vector<double>& point) { return std::pow(distance(point, place), 2); };
    };
    const Objective then = loss_at(optimum);
    const Objective other = loss_at({std::fmod(optimum[0] + 0.5, 1.0), std::fmod(optimum[1] + 0.5, 1.0)});
    const auto moved = retest(parts, seed, then, other), same = retest(parts, seed, then, then);
    if (!moved) return broken(moved.error());
    if (!same) return broken(same.error());
    rusted += moved->verdict == analysis::Verdict::kRusted ? 1 : 0;
    false_rusted += same->verdict == analysis::Verdict::kRusted ? 1 : 0;
    evaluations += moved->evaluations;
  }
  const double mean = static_cast<double>(evaluations) / kRepetitions;
  return {
      .holds = 100 * rusted >= 95 * kRepetitions && 100 * false_rusted <= 5 * kRepetitions && mean <= kEvaluationsMax,
      .figure = fmt::format("told in {} of {} by {:.1f} evaluations, falsely in {} of {} on the same data", rusted,
                            kRepetitions, mean, false_rusted, kRepetitions),
      .numbers = {
          {"rusted", rusted}, {"false_rusted", false_rusted}, {"repetitions", kRepetitions}, {"evaluations", mean}}};
}

}  // namespace sterlet::practices
