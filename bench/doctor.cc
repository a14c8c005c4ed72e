// How often the doctor of trials is right, on 100 studies of 60 trials a row: edges planted and not, and the scale on which a
// parameter acts evenly. Prints tables in Markdown. Curves, noise and chance are other than those of the tests.
//   sterlet-bench-doctor [edges] [chosen] [responses] [searched] [scales] [others]
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

#include "doctor_responses.h"

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

using responses::add_noise;

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

const char* name(responses::Set set) {
  switch (set) {
    case responses::Set::kChosenBy:
      return "chosen by";
    case responses::Set::kHeldBack:
      return "held back";
    case responses::Set::kSeenLast:
      return "seen last";
  }
  return "";
}

// Of responses of many kinds: what is found where the first column's best lies at or beyond a bound, and in how many studies an
// edge of any other column is named, or of any where all are inside.
void edges_of_responses(const std::vector<responses::Set>& sets, bool is_search) {
  std::printf("\n%s\n\n", is_search ? "A search's trials:" : "Random trials:");
  std::printf(
      "| responses | noise | the best lies | found of 100 | studies with an invented one |\n|---|---|---|---|---|\n");
  for (const auto set : sets) {
    for (const double noise : {0.0, 0.1, 0.3}) {
      for (const double beyond : {-0.25, -0.1, 0.0, 0.1}) {
        int found = 0, invented = 0;
        for (std::uint64_t seed = 1; seed <= kStudies; ++seed) {
          const bool is_high = seed % 2 == 0, is_planted = beyond >= 0;
          const auto response = responses::response(set, seed + 31000, is_high ? 1 + beyond : -beyond);
          const ProcessInput input = is_search ? responses::searched(response, seed + 33000, kTrials, noise)
                                               : responses::at_random(response, seed + 32000, kTrials, noise);
          const auto models = sterlet::analysis::ResponseModels::fit(input);
          bool has_invented = false;
          for (std::size_t j = 0; j < input.ordered.size(); ++j) {
            const auto edge = sterlet::analysis::find_edge(models, input, j, 0, 1);
            const bool is_right = edge && j == 0 && is_planted && edge->is_high == is_high;
            found += is_right ? 1 : 0;
            has_invented |= edge && !is_right;
          }
          invented += has_invented ? 1 : 0;
        }
        std::printf("| %s | %g | %s %g | %s | %d |\n", name(set), noise,
                    beyond < 0 ? "inside by" : "beyond the bound by", std::fabs(beyond),
                    beyond < 0 ? "-" : std::to_string(found).c_str(), invented);
        std::fflush(stdout);
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

double unit_of(Axis axis, double low, double high, double x) {
  return (on(axis, x) - on(axis, low)) / (on(axis, high) - on(axis, low));
}

struct Case {
  double low, high;
  std::array<Axis, 2> axes;
  std::size_t truth, drawn;
  double noise;
};

// Of two other columns, and the shapes above.
sterlet::analysis::ScaleQuestion question_of(const Case& each, std::uint64_t seed) {
  RandomStream chance = responses::stream(seed + 20000);
  const Axis drawn = each.axes[each.drawn];
  sterlet::analysis::ScaleQuestion question{.candidates = std::vector<std::vector<double>>(2), .current = each.drawn};
  question.rest.ordered.resize(2);
  const double best = 0.2 + 0.6 * chance.uniform(), other = chance.uniform();
  for (int i = 0; i < kTrials; ++i) {
    const double u = chance.uniform(), a = chance.uniform(), b = chance.uniform();
    const double x = from(drawn, on(drawn, each.low) + u * (on(drawn, each.high) - on(drawn, each.low)));
    for (std::size_t k = 0; k < 2; ++k) question.candidates[k].push_back(unit_of(each.axes[k], each.low, each.high, x));
    question.rest.ordered[0].push_back(a);
    question.rest.ordered[1].push_back(b);
    const double off = unit_of(each.axes[each.truth], each.low, each.high, x) - best;
    question.rest.results.push_back(3 * curve(seed, off) + curve(seed + 1, a - other) + 0.2 * b);
  }
  add_noise(question.rest.results, each.noise, chance);
  return question;
}

sterlet::analysis::ScaleQuestion question_of_response(responses::Set set, const Case& each, std::uint64_t seed) {
  RandomStream chance = responses::stream(seed + 41000);
  const auto response = responses::response(set, seed + 42000, 0.2 + 0.6 * chance.uniform());
  const Axis drawn = each.axes[each.drawn];
  sterlet::analysis::ScaleQuestion question{.candidates = std::vector<std::vector<double>>(2), .current = each.drawn};
  question.rest.ordered.resize(response.columns.size() - 1);
  for (int i = 0; i < kTrials; ++i) {
    std::vector<double> u(response.columns.size());
    for (double& place : u) place = chance.uniform();
    const double x = from(drawn, on(drawn, each.low) + u[0] * (on(drawn, each.high) - on(drawn, each.low)));
    for (std::size_t k = 0; k < 2; ++k) question.candidates[k].push_back(unit_of(each.axes[k], each.low, each.high, x));
    for (std::size_t j = 1; j < u.size(); ++j) question.rest.ordered[j - 1].push_back(u[j]);
    u[0] = unit_of(each.axes[each.truth], each.low, each.high, x);
    question.rest.results.push_back(response(u));
  }
  add_noise(question.rest.results, each.noise, chance);
  return question;
}

template <typename QuestionOf>
void scales(const char* heading, const std::vector<double>& noises, QuestionOf question_for) {
  struct Range {
    double low, high;
    std::array<Axis, 2> axes;
  };
  std::printf(
      "\n%s\n\n| range | acts on | drawn on | noise | right | wrong and sure | not sure "
      "|\n|---|---|---|---|---|---|---|\n",
      heading);
  for (const Range& range :
       {Range{1e-5, 1e-1, {Axis::kLinear, Axis::kLog}}, Range{1e-3, 1, {Axis::kLinear, Axis::kLog}},
        Range{0.8, 0.9999, {Axis::kLinear, Axis::kReverseLog}}}) {
    for (const std::size_t truth : {0U, 1U}) {
      for (const std::size_t drawn : {0U, 1U}) {
        for (const double noise : noises) {
          int right = 0, sure_and_wrong = 0, unsure = 0;
          const Case each{range.low, range.high, range.axes, truth, drawn, noise};
          for (std::uint64_t seed = 1; seed <= kStudies; ++seed) {
            auto question = question_for(each, seed);
            // As the doctor has it.
            if (drawn == 0) question.prior_of_current = range.axes[1] == Axis::kLog ? 0.3 : 0.5;
            const auto verdict = sterlet::analysis::judge_scale(question);
            const bool is_right = verdict.best() == truth;
            const double sure = verdict.probabilities[verdict.best()];
            right += is_right ? 1 : 0;
            sure_and_wrong += !is_right && sure > 0.95 ? 1 : 0;
            unsure += sure <= 0.95 ? 1 : 0;
          }
          std::printf("| %g to %g | %s | %s | %g | %d | %d | %d |\n", range.low, range.high, name(range.axes[truth]),
                      name(range.axes[drawn]), noise, right, sure_and_wrong, unsure);
          std::fflush(stdout);
        }
      }
    }
  }
}

}  // namespace

int main(int count, char** arguments) {
  const auto is_asked = [&](const std::string& part) {
    return count < 2 || std::find(arguments + 1, arguments + count, part) != arguments + count;
  };
  using responses::Set;
  const auto scales_of = [&](Set set, const std::vector<double>& noises) {
    scales(name(set), noises,
           [set](const Case& each, std::uint64_t seed) { return question_of_response(set, each, seed); });
  };
  if (is_asked("edges")) edges();
  if (is_asked("chosen")) edges_of_responses({Set::kChosenBy}, false);
  if (is_asked("chosen")) edges_of_responses({Set::kChosenBy}, true);
  if (is_asked("responses")) edges_of_responses({Set::kHeldBack, Set::kSeenLast}, false);
  if (is_asked("searched")) edges_of_responses({Set::kHeldBack, Set::kSeenLast}, true);
  if (is_asked("scales")) scales("Of three columns:", {0.05, 0.1}, question_of);
  if (is_asked("others")) scales_of(Set::kHeldBack, {0.1});
  if (is_asked("others")) scales_of(Set::kSeenLast, {0.1});
}
