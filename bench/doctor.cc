// How often the doctor of trials is right, on 100 studies of 60 trials a row: edges planted and not, and the scale on which a
// parameter acts evenly. Prints tables in Markdown. Curves, noise and chance are other than those of the tests.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "sterlet/analysis/edge.h"
#include "sterlet/analysis/scale.h"
#include "sterlet/base/rng.h"

namespace {

using sterlet::analysis::ProcessInput;
using sterlet::base::RandomStream;

constexpr int kStudies = 100, kTrials = 60;
constexpr std::size_t kColumns = 4;

// A bowl, a fold, a pit, and a bowl with a wall: what a column does at a distance from its best place.
double curve(std::uint64_t kind, double off) {
  switch (kind % 4) {
    case 0:
      return off * off;
    case 1:
      return 0.5 * std::pow(std::fabs(off), 1.5);
    case 2:
      return 0.4 * (1 - std::exp(-3 * off * off));
    default:
      return off * off + (off > 0.3 ? 2 * (off - 0.3) : 0);
  }
}

void add_noise(std::vector<double>& results, double share, RandomStream& stream) {
  double mean = 0, squares = 0;
  for (const double result : results) mean += result / kTrials;
  for (const double result : results) squares += (result - mean) * (result - mean) / kTrials;
  for (double& result : results) result += share * std::sqrt(squares) * stream.normal();
}

// Half of the trials at random; of the others each is drawn around the best so far, as a search would, where `is_search`.
ProcessInput study(std::uint64_t seed, const std::array<double, kColumns>& best, double noise, bool is_search) {
  RandomStream stream({.seed = seed, .stream = sterlet::base::Stream::kPractice});
  ProcessInput input{.ordered = std::vector<std::vector<double>>(kColumns)};
  const auto value = [&](const std::array<double, kColumns>& x) {
    double result = 0;
    for (std::size_t j = 0; j < kColumns; ++j) result += curve(seed + j, x[j] - best[j]);
    return result + 0.2 * (x[0] - 0.5) * (x[1] - 0.5);
  };
  std::array<double, kColumns> top{};
  double least = 1e300;
  for (int i = 0; i < kTrials; ++i) {
    std::array<double, kColumns> x{};
    for (std::size_t j = 0; j < kColumns; ++j) {
      const bool is_near = is_search && i >= kTrials / 2;
      x[j] = is_near ? std::min(1.0, std::max(0.0, top[j] + 0.15 * stream.normal())) : stream.uniform();
    }
    const double result = value(x);
    if (result < least) least = result, top = x;
    for (std::size_t j = 0; j < kColumns; ++j) input.ordered[j].push_back(x[j]);
    input.results.push_back(result);
  }
  add_noise(input.results, noise, stream);
  return input;
}

void edges() {
  std::printf(
      "| noise | trials | the best lies | found of 100 | invented, of other columns |\n|---|---|---|---|---|\n");
  for (const double noise : {0.0, 0.1, 0.3}) {
    for (const bool is_search : {false, true}) {
      for (const double beyond : {-1.0, 0.0, 0.1, 0.3}) {
        int found = 0, invented = 0, others = 0;
        for (std::uint64_t seed = 1; seed <= kStudies; ++seed) {
          RandomStream stream({.seed = seed + 5000, .stream = sterlet::base::Stream::kPractice});
          std::array<double, kColumns> best{};
          for (double& each : best) each = 0.2 + 0.6 * stream.uniform();
          const bool is_high = seed % 2 == 0, is_planted = beyond >= 0;
          if (is_planted) best[0] = is_high ? 1 + beyond : -beyond;
          const ProcessInput input = study(seed + 9000, best, noise, is_search);
          const auto models = sterlet::analysis::ResponseModels::fit(input);
          for (std::size_t j = 0; j < kColumns; ++j) {
            const auto edge = sterlet::analysis::find_edge(models, input, j, 0, 1);
            if (j == 0 && is_planted) {
              found += edge && edge->is_high == is_high ? 1 : 0;
            } else {
              invented += edge ? 1 : 0;
              ++others;
            }
          }
        }
        std::printf("| %g | %s | %s%g | %s | %d of %d |\n", noise, is_search ? "a search's" : "random",
                    beyond < 0 ? "inside, " : "beyond the bound by ", beyond < 0 ? 0.2 : beyond,
                    beyond < 0 ? "-" : std::to_string(found).c_str(), invented, others);
      }
    }
  }
}

enum class Axis { kLinear, kLog, kReverseLog };
double on(Axis axis, double x) {
  return axis == Axis::kLinear ? x : axis == Axis::kLog ? std::log(x) : -std::log1p(-x);
}
double from(Axis axis, double t) {
  return axis == Axis::kLinear ? t : axis == Axis::kLog ? std::exp(t) : -std::expm1(-t);
}
const char* name(Axis axis) { return axis == Axis::kLinear ? "linear" : axis == Axis::kLog ? "log" : "reverse_log"; }

void scales() {
  struct Range {
    double low, high;
    std::vector<Axis> axes;
  };
  std::printf(
      "\n| range | acts on | drawn on | noise | right | wrong and sure | not sure |\n|---|---|---|---|---|---|---|\n");
  for (const Range& range :
       {Range{1e-5, 1e-1, {Axis::kLinear, Axis::kLog}}, Range{1e-3, 1, {Axis::kLinear, Axis::kLog}},
        Range{0.8, 0.9999, {Axis::kLinear, Axis::kReverseLog}}}) {
    for (const Axis truth : range.axes) {
      for (const Axis drawn : range.axes) {
        for (const double noise : {0.05, 0.1}) {
          int right = 0, sure_and_wrong = 0, unsure = 0;
          for (std::uint64_t seed = 1; seed <= kStudies; ++seed) {
            RandomStream stream({.seed = seed + 20000, .stream = sterlet::base::Stream::kPractice});
            const auto unit = [&](Axis axis, double x) {
              return (on(axis, x) - on(axis, range.low)) / (on(axis, range.high) - on(axis, range.low));
            };
            sterlet::analysis::ScaleQuestion question;
            question.candidates.resize(range.axes.size());
            // As the doctor has it.
            if (drawn == Axis::kLinear) question.prior_of_current = range.axes[1] == Axis::kLog ? 0.2 : 0.5;
            question.rest.ordered.resize(2);
            const double best = 0.2 + 0.6 * stream.uniform(), other = stream.uniform();
            for (int i = 0; i < kTrials; ++i) {
              const double u = stream.uniform(), a = stream.uniform(), b = stream.uniform();
              const double x = from(drawn, on(drawn, range.low) + u * (on(drawn, range.high) - on(drawn, range.low)));
              for (std::size_t k = 0; k < range.axes.size(); ++k) {
                question.candidates[k].push_back(unit(range.axes[k], x));
                if (range.axes[k] == drawn) question.current = k;
              }
              question.rest.ordered[0].push_back(a);
              question.rest.ordered[1].push_back(b);
              question.rest.results.push_back(3 * curve(seed, unit(truth, x) - best) + curve(seed + 1, a - other) +
                                              0.2 * b);
            }
            add_noise(question.rest.results, noise, stream);
            const auto verdict = sterlet::analysis::judge_scale(question);
            const bool is_right = range.axes[verdict.best()] == truth;
            const double sure = verdict.probabilities[verdict.best()];
            right += is_right ? 1 : 0;
            sure_and_wrong += !is_right && sure > 0.95 ? 1 : 0;
            unsure += sure <= 0.95 ? 1 : 0;
          }
          std::printf("| %g to %g | %s | %s | %g | %d | %d | %d |\n", range.low, range.high, name(truth), name(drawn),
                      noise, right, sure_and_wrong, unsure);
        }
      }
    }
  }
}

}  // namespace

int main() {
  edges();
  scales();
}
