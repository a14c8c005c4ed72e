#include "sterlet/analysis/scale.h"

#include <cmath>

#include <gtest/gtest.h>

#include "sterlet/base/rng.h"

namespace sterlet::analysis {
namespace {

enum class Axis { kLinear, kLog, kReverseLog };

double on(Axis axis, double x) {
  return axis == Axis::kLinear ? x : axis == Axis::kLog ? std::log(x) : -std::log1p(-x);
}
double from(Axis axis, double t) {
  return axis == Axis::kLinear ? t : axis == Axis::kLog ? std::exp(t) : -std::expm1(-t);
}

struct Range {
  double low, high;
  double unit(Axis axis, double x) const { return (on(axis, x) - on(axis, low)) / (on(axis, high) - on(axis, low)); }
  double at(Axis axis, double u) const { return from(axis, on(axis, low) + u * (on(axis, high) - on(axis, low))); }
};

// 60 trials of three coordinates with noise of a tenth of the spread. The first was drawn evenly on `drawn` and acts
// evenly on `truth`, with one of three shapes.
ScaleQuestion study(std::uint64_t seed, const Range& range, const std::vector<Axis>& axes, Axis drawn, Axis truth) {
  base::RandomStream stream({.seed = seed, .stream = base::Stream::kPractice});
  ScaleQuestion question{.candidates = std::vector<std::vector<double>>(axes.size())};
  question.rest.ordered.resize(2);
  const double place = 0.2 + 0.6 * stream.uniform(), second = 0.2 + 0.6 * stream.uniform();
  for (int i = 0; i < 60; ++i) {
    const double x = range.at(drawn, stream.uniform()), a = stream.uniform(), b = stream.uniform();
    for (std::size_t k = 0; k < axes.size(); ++k) {
      question.candidates[k].push_back(range.unit(axes[k], x));
      if (axes[k] == drawn) question.current = k;
    }
    question.rest.ordered[0].push_back(a);
    question.rest.ordered[1].push_back(b);
    const double off = range.unit(truth, x) - place;
    double result = (a - second) * (a - second);
    if (seed % 3 == 0) result += 4 * off * off + (b - 0.5) * (b - 0.5);
    if (seed % 3 == 1) result += (off > 0 ? 6 : 2) * off * off + 0.3 * std::sin(3 * b);
    if (seed % 3 == 2) result += 1 - std::exp(-6 * off * off) + 0.5 * off * (b - 0.5);
    question.rest.results.push_back(result);
  }
  double mean = 0, squares = 0;
  for (const double result : question.rest.results) mean += result / 60;
  for (const double result : question.rest.results) squares += (result - mean) * (result - mean) / 60;
  for (double& result : question.rest.results) result += 0.1 * std::sqrt(squares) * stream.normal();
  return question;
}

struct Score {
  int right = 0, sure_and_wrong = 0;
};

Score judge_100(const Range& range, const std::vector<Axis>& axes, Axis drawn, Axis truth) {
  Score score;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const ScaleVerdict verdict = judge_scale(study(seed, range, axes, drawn, truth));
    const bool is_right = axes[verdict.best()] == truth;
    score.right += is_right ? 1 : 0;
    score.sure_and_wrong += !is_right && verdict.probabilities[verdict.best()] > 0.95 ? 1 : 0;
  }
  return score;
}

TEST(Scale, OfALearningRateIsRecognisedWhateverItWasDrawnOn) {
  const Range range{1e-4, 1};
  for (const Axis drawn : {Axis::kLinear, Axis::kLog}) {
    for (const Axis truth : {Axis::kLinear, Axis::kLog}) {
      const Score score = judge_100(range, {Axis::kLinear, Axis::kLog}, drawn, truth);
      EXPECT_GE(score.right, 90);
      EXPECT_LE(score.sure_and_wrong, 2);
    }
  }
}

TEST(Scale, OfABetaIsRecognisedWhateverItWasDrawnOn) {
  const Range range{0.9, 0.999};
  for (const Axis drawn : {Axis::kLinear, Axis::kReverseLog}) {
    for (const Axis truth : {Axis::kLinear, Axis::kReverseLog}) {
      const Score score = judge_100(range, {Axis::kLinear, Axis::kReverseLog}, drawn, truth);
      EXPECT_GE(score.right, 90);
      EXPECT_LE(score.sure_and_wrong, 2);
    }
  }
}

TEST(Scale, OfACoordinateWithoutEffectIsNotJudged) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    base::RandomStream stream({.seed = seed, .stream = base::Stream::kPractice});
    ScaleQuestion question = study(seed, {1e-4, 1}, {Axis::kLinear, Axis::kLog}, Axis::kLinear, Axis::kLog);
    for (std::size_t i = 0; i < 60; ++i) question.rest.results[i] = question.rest.ordered[0][i] + 0.1 * stream.normal();
    EXPECT_LT(judge_scale(question).relevance, 6) << seed;
  }
}

TEST(Scale, OfTooFewTrialsIsThePrior) {
  const ScaleQuestion question{.candidates = {{0.1}, {0.2}}, .rest = {.results = {1}}};
  EXPECT_EQ(judge_scale(question).probabilities, (std::vector<double>{0.5, 0.5}));
}

}  // namespace
}  // namespace sterlet::analysis
