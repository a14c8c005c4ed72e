#include "sterlet/samplers/tpe/tpe.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sterlet/math/pareto.h"
#include "sterlet/samplers/tpe/split.h"

namespace sterlet::samplers {
namespace {

using space::History;
using space::Kind;
using space::Origin;
using space::Outcome;
using space::Point;
using space::Scale;
using space::Space;

constexpr std::uint64_t kSeed = 5;

Space make_space(std::vector<space::Parameter> parameters, const std::vector<std::string>& constraints = {}) {
  auto space = Space::make(std::move(parameters), constraints);
  if (!space) ADD_FAILURE() << space.error().front().error.message();
  return std::move(*space);
}

std::unique_ptr<Sampler> tpe(const Space& space, const TpeOptions& options = {}) {
  auto sampler = make_tpe(space, options, {.seed = kSeed});
  EXPECT_TRUE(sampler);
  return std::move(*sampler);
}

Space tree() {
  return make_space(
      {{.name = "opt", .kind = Kind::kCategorical, .choices = {"sgd", "adam"}},
       {.name = "rate", .low = 1e-5, .high = 1, .scale = Scale::kLog},
       {.name = "momentum", .when = "opt == \"sgd\""},
       {.name = "layers", .kind = Kind::kInt, .low = 1, .high = 3},
       {.name = "units", .kind = Kind::kInt, .low = 4, .high = 64, .scale = Scale::kLog, .repeat = "layers"}});
}

Space square() { return make_space({{.name = "x"}, {.name = "y"}}); }

Suggestion ask(const Sampler& sampler, const History& history, std::uint64_t trial) {
  return sampler.suggest(history, {.seed = kSeed, .trial = trial});
}

Suggestion ask(const Sampler& sampler, const History& history) { return ask(sampler, history, history.size()); }

std::int64_t append(History& history, const Point& point, Origin origin = Origin::kModel) {
  const auto number = static_cast<std::int64_t>(history.size());
  history.append({.number = number, .point = point, .origin = origin});
  return number;
}

void complete(History& history, const Point& point, std::vector<double> values, std::vector<double> constraints = {}) {
  history.update(append(history, point), Outcome::kComplete, std::move(values), std::move(constraints), 0);
}

// An even spread of points with a value each.
template <typename Value>
History spread(const Space& space, std::size_t count, Value value) {
  History history;
  for (std::uint64_t i = 0; i < count; ++i) {
    const Point point = space.draw({.seed = 77, .trial = i});
    complete(history, point, {value(point)});
  }
  return history;
}

double bowl(const Point& point) { return std::pow(point.values[0] - 0.3, 2) + std::pow(point.values[1] - 0.7, 2); }

TEST(Tpe, FirstTrialsAreSobolPointsThenTheModels) {
  const Space space = square();
  const auto sampler = tpe(space, {.startup_trials = 12});
  History history;
  for (int i = 0; i < 20; ++i) {
    const Suggestion suggestion = ask(*sampler, history);
    EXPECT_EQ(suggestion.origin, i < 12 ? Origin::kSobol : Origin::kModel) << "trial " << i;
    const std::int64_t number = append(history, suggestion.point, suggestion.origin);
    history.update(number, Outcome::kComplete, {bowl(suggestion.point)}, {}, 0);
  }
}

TEST(Tpe, SobolGoesOnWhileTooFewHaveFinished) {
  const auto sampler = tpe(square());
  History history;
  for (int i = 0; i < 30; ++i) {
    const Suggestion suggestion = ask(*sampler, history);
    EXPECT_EQ(suggestion.origin, Origin::kSobol);
    const std::int64_t number = append(history, suggestion.point, suggestion.origin);
    if (i % 10 == 0) history.update(number, Outcome::kComplete, {1.0}, {}, 0);
    if (i % 10 == 1) history.update(number, Outcome::kFailed, {}, {}, 0);
  }
}

// With one candidate the suggestion is a draw from l. Of 6 trials one is good, at u; so l is half uniform, half a
// normal about u cut off at the ends, its deviation the uniform distribution's, 1 / sqrt(12), times 2^(-1/5), on the
// grid of sixteenths of an octave. The distance of Kolmogorov and Smirnov exceeds 1.95 / sqrt(n) in 1 case of 1,000.
TEST(Tpe, SuggestionsAreDrawnFromTheMixtureOfTheGood) {
  const Space space = make_space({{.name = "x"}});
  const auto sampler = tpe(space, {.startup_trials = 1, .candidates = 1});
  constexpr double kGood = 0.2;
  History history;
  complete(history, Point{{kGood}}, {0.0});
  for (const double x : {0.1, 0.5, 0.6, 0.75, 0.9}) complete(history, Point{{x}}, {1.0 + x});
  const double b = std::exp2(std::round(16 * std::log2(std::sqrt(1.0 / 12) * std::pow(2, -0.2))) / 16);
  const auto phi = [](double z) { return 0.5 * std::erfc(-z * std::sqrt(0.5)); };
  const auto distribution = [&](double x) {
    const double low = phi(-kGood / b), high = phi((1 - kGood) / b);
    return 0.5 * x + 0.5 * (phi((x - kGood) / b) - low) / (high - low);
  };
  constexpr std::size_t kDraws = 4000;
  std::vector<double> drawn;
  for (std::uint64_t trial = 0; trial < kDraws; ++trial) drawn.push_back(ask(*sampler, history, trial).point.values[0]);
  std::sort(drawn.begin(), drawn.end());
  double distance = 0;
  for (std::size_t i = 0; i < kDraws; ++i) {
    const double expected = distribution(drawn[i]);
    distance = std::max(
        {distance, expected - static_cast<double>(i) / kDraws, static_cast<double>(i + 1) / kDraws - expected});
  }
  EXPECT_LT(distance, 1.95 / std::sqrt(static_cast<double>(kDraws))) << "seed " << kSeed;
}

TEST(Tpe, GoesWhereGoodTrialsAre) {
  const Space space = square();
  const auto sampler = tpe(space);
  const History history = spread(space, 40, bowl);
  int near = 0;
  for (std::uint64_t trial = 0; trial < 100; ++trial) near += bowl(ask(*sampler, history, trial).point) < 0.04 ? 1 : 0;
  EXPECT_GE(near, 80) << "an even spread would put 13 there; seed " << kSeed;
}

TEST(Tpe, WhereTheGoodHaveDrawnTogetherEveryOtherTrialLooksElsewhere) {
  const Space space = square();
  const std::unique_ptr<Sampler> sampler = tpe(space);
  base::RandomStream stream({.seed = kSeed});
  History history;
  // A third lie within 0.02 of (0.2, 0.2) and are the best; the others are the better the nearer they are to (0.8,
  // 0.8).
  for (int i = 0; i < 150; ++i) {
    const bool near = i % 3 == 0;
    const double x = near ? 0.18 + 0.04 * stream.uniform() : stream.uniform();
    const double y = near ? 0.18 + 0.04 * stream.uniform() : stream.uniform();
    const auto number = append(history, Point{{x, y}});
    const double value = near ? std::hypot(x - 0.2, y - 0.2) : 1 + std::hypot(x - 0.8, y - 0.8);
    history.update(number, Outcome::kComplete, {value}, {}, 0);
  }
  int near_best = 0, near_other = 0;
  for (std::uint64_t trial = 150; trial < 250; ++trial) {
    const std::vector<double> x = ask(*sampler, history, trial).point.values;
    if (trial % 2 == 0) near_best += std::hypot(x[0] - 0.2, x[1] - 0.2) < 0.15 ? 1 : 0;
    if (trial % 2 == 1) near_other += std::hypot(x[0] - 0.8, x[1] - 0.8) < 0.3 ? 1 : 0;
  }
  EXPECT_GT(near_best, 40) << "of 50 even ones";
  EXPECT_GT(near_other, 40) << "of 50 odd ones";
}

// The best trials draw together, move on to a better place and draw together there, while others come: the memo of who
// lies apart from them, and of both kinds of trials' kernels, must leave no trace.
TEST(Tpe, WhereTheyHaveDrawnTogetherAnswersDoNotDependOnWhatWasSeenBefore) {
  const Space space = square();
  const auto warm = tpe(space);
  base::RandomStream stream({.seed = kSeed});
  History history;
  for (int i = 0; i < 120; ++i) {
    const double centre = i < 60 ? 0.2 : 0.7;
    const Point near{{centre + 0.02 * stream.uniform(), centre + 0.02 * stream.uniform()}};
    complete(history, near, {static_cast<double>(-i)});
    if (i % 2 == 0) complete(history, space.draw({.seed = 3, .trial = history.size()}), {10 + stream.uniform()});
    const Suggestion suggestion = ask(*warm, history);
    EXPECT_EQ(ask(*tpe(space), history).point, suggestion.point) << "step " << i;
    const std::int64_t number = append(history, suggestion.point, suggestion.origin);
    history.update(number, Outcome::kComplete, {5 + stream.uniform()}, {}, 0);
  }
}

// A memo that took every change in, one that saw the history only now, and one that replays it in the order of trials,
// must give the same point, whatever the order of tells.
TEST(Tpe, AnswersDoNotDependOnWhatWasSeenBeforeOrWhen) {
  const Space space = tree();
  const auto warm = tpe(space);
  base::RandomStream chance({.seed = kSeed});
  History history;
  std::vector<std::int64_t> pending;
  for (int step = 0; step < 120; ++step) {
    const Suggestion suggestion = ask(*warm, history);
    EXPECT_EQ(ask(*tpe(space), history).point, suggestion.point) << "step " << step;
    History replayed;
    for (const auto& trial : history.trials()) {
      const std::int64_t number = append(replayed, trial.point, trial.origin);
      if (trial.outcome == Outcome::kPending) continue;
      replayed.update(number, trial.outcome, trial.values, trial.constraints, trial.last_step);
    }
    EXPECT_EQ(ask(*tpe(space), replayed).point, suggestion.point) << "step " << step;
    pending.push_back(append(history, suggestion.point, suggestion.origin));
    while (pending.size() > chance.below(5)) {
      const std::size_t pick = chance.below(pending.size());
      const double value = history.trials()[static_cast<std::size_t>(pending[pick])].point.values[1] + chance.uniform();
      const std::uint64_t fate = chance.below(10);
      if (fate == 0) history.update(pending[pick], Outcome::kFailed, {}, {}, 0);
      if (fate == 1)
        history.update(pending[pick], Outcome::kPruned, {value}, {}, static_cast<std::int64_t>(chance.below(9)));
      if (fate == 2) history.update(pending[pick], Outcome::kVoid, {}, {}, 0);
      if (fate > 2) history.update(pending[pick], Outcome::kComplete, {value}, {chance.uniform() - 0.8}, 9);
      pending.erase(pending.begin() + static_cast<std::ptrdiff_t>(pick));
    }
  }
}

// Beyond 1,500 trials the newest are kernels, and a sample of the others with their weight: suggestions stay where the
// good trials are, and are those of a sampler that sees the history only now.
TEST(Tpe, OfALongHistoryASampleSpeaksForTheRest) {
  const Space space = square();
  const auto warm = tpe(space);
  History history = spread(space, 1490, bowl);
  for (std::uint64_t i = 0; i < 30; ++i) {
    const Point point = ask(*warm, history).point;
    EXPECT_EQ(ask(*tpe(space), history).point, point) << "after " << history.size() << " trials";
    complete(history, point, {bowl(point)});
  }
  const History longer = spread(space, 4000, bowl);
  const auto sampler = tpe(space);
  int near = 0;
  for (std::uint64_t trial = 0; trial < 100; ++trial) near += bowl(ask(*sampler, longer, trial).point) < 0.04 ? 1 : 0;
  EXPECT_GE(near, 80) << "an even spread would put 13 there; seed " << kSeed;
}

TEST(Tpe, AHistoryThatIsNoContinuationIsTakenUpAnew) {
  const Space space = square();
  const auto sampler = tpe(space);
  const History one = spread(space, 30, bowl);
  const History other = spread(space, 25, [](const Point& point) { return -bowl(point); });
  ask(*sampler, one);
  EXPECT_EQ(ask(*sampler, other).point, ask(*tpe(space), other).point);
}

TEST(Tpe, PendingTrialsPushTheNextOnesAway) {
  const Space space = square();
  const auto sampler = tpe(space);
  History history = spread(space, 60, bowl);
  std::vector<Point> batch;
  for (int i = 0; i < 16; ++i) {
    batch.push_back(ask(*sampler, history).point);
    append(history, batch.back());
  }
  double nearest = 1;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      nearest = std::min(nearest,
                         std::hypot(batch[i].values[0] - batch[j].values[0], batch[i].values[1] - batch[j].values[1]));
    }
  }
  EXPECT_GT(nearest, 1e-3);
}

// All of x > 0.5 crashes; the best values are at x = 0.5.
TEST(Tpe, CrashesAreLeftAlone) {
  const Space space = square();
  const auto sampler = tpe(space);
  History history;
  int crashed = 0;
  for (int i = 0; i < 80; ++i) {
    const Point point = ask(*sampler, history).point;
    const std::int64_t number = append(history, point, i < 10 ? Origin::kSobol : Origin::kModel);
    if (point.values[0] > 0.5) {
      history.update(number, Outcome::kFailed, {}, {}, 0);
      crashed += i >= 40 ? 1 : 0;
    } else {
      history.update(number, Outcome::kComplete, {-point.values[0] + std::abs(point.values[1] - 0.5)}, {}, 0);
    }
  }
  EXPECT_LE(crashed, 12) << "of the last 40; seed " << kSeed;
}

TEST(Tpe, ToldConstraintsAreLearned) {
  const Space space = square();
  const auto sampler = tpe(space);
  History history;
  int feasible = 0;
  for (int i = 0; i < 80; ++i) {
    const Point point = ask(*sampler, history).point;
    // Better and better towards the corner (1, 1), of which only x + y <= 0.8 is allowed.
    const double sum = point.values[0] + point.values[1];
    complete(history, point, {-sum}, {sum - 0.8});
    feasible += i >= 40 && sum <= 0.8 ? 1 : 0;
  }
  EXPECT_GE(feasible, 16) << "of the last 40; an even spread has 32%; seed " << kSeed;
}

TEST(Tpe, SeveralObjectivesGetTheWholeFront) {
  const Space space = square();
  auto sampler = make_tpe(space, {}, {.seed = kSeed, .objective_count = 2});
  ASSERT_TRUE(sampler);
  History history;
  for (int i = 0; i < 100; ++i) {
    const Point point = ask(**sampler, history).point;
    const double x = point.values[0], off = std::abs(point.values[1] - 0.5);
    complete(history, point, {x + off, 1 - x + off});
  }
  std::vector<int> near_front(4, 0);  // By quarter of the front.
  for (std::size_t i = 50; i < 100; ++i) {
    const auto& values = history.trials()[i].point.values;
    if (std::abs(values[1] - 0.5) < 0.1)
      ++near_front[std::min<std::size_t>(3, static_cast<std::size_t>(values[0] * 4))];
  }
  EXPECT_GE(std::accumulate(near_front.begin(), near_front.end(), 0), 30) << "an even spread would put 10 there";
  for (const int count : near_front) EXPECT_GE(count, 2);
}

TEST(Tpe, NoPointComesTwiceUntilAllHaveCome) {
  const Space space = make_space({{.name = "a", .kind = Kind::kInt, .low = 1, .high = 6},
                                  {.name = "b", .kind = Kind::kCategorical, .choices = {"u", "v", "w"}}});
  const auto sampler = tpe(space);
  History history;
  int repeats = 0;
  for (int i = 0; i < 18; ++i) {
    Point point;
    for (std::uint32_t attempt = 0; attempt < 32; ++attempt) {  // As a study asks.
      point = sampler->suggest(history, {.seed = kSeed, .trial = history.size(), .attempt = attempt}).point;
      if (!history.contains(point)) break;
    }
    repeats += history.contains(point) ? 1 : 0;
    complete(history, point, {point.values[0] + point.values[1]});
  }
  EXPECT_EQ(repeats, 0);
}

TEST(Tpe, EndlessAndEqualValuesAreNoTrouble) {
  const Space space = tree();
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double value : {infinity, -infinity, 0.0, 1e308, -1e308}) {
    const auto sampler = tpe(space);
    History history = spread(space, 30, [&](const Point&) { return value; });
    const Point point = ask(*sampler, history).point;
    EXPECT_EQ(space.from_text(Space::text_of(point)), point) << value;
  }
}

TEST(TrialRanking, CompleteThenPrunedThenInfeasible) {
  const Space space = square();
  History history;
  TrialRanking ranking;
  const auto put = [&](Outcome outcome, std::vector<double> values, std::vector<double> constraints,
                       std::int64_t last_step) {
    const std::int64_t number = append(history, space.draw({.seed = 1, .trial = history.size()}));
    history.update(number, outcome, std::move(values), std::move(constraints), last_step);
  };
  put(Outcome::kComplete, {3}, {}, 9);             // 0
  put(Outcome::kPruned, {0.1}, {}, 2);             // 1
  put(Outcome::kComplete, {1}, {0.5, 0.1}, 9);     // 2: infeasible by 0.6
  put(Outcome::kFailed, {}, {}, 0);                // 3
  put(Outcome::kPruned, {0.2}, {}, 5);             // 4
  put(Outcome::kComplete, {2}, {-1, 0}, 9);        // 5
  put(Outcome::kComplete, {2}, {0.2, -3}, 9);      // 6: infeasible by 0.2
  put(Outcome::kPruned, {0.1}, {}, 5);             // 7
  put(Outcome::kComplete, {std::nan("")}, {}, 9);  // 8
  put(Outcome::kComplete, {2}, {}, 9);             // 9: as good as 5
  ranking.update(history, history.changes());
  EXPECT_EQ(ranking.best(history, 99), (std::vector<std::uint32_t>{5, 9, 0, 7, 4, 1, 6, 2}));
  EXPECT_EQ(ranking.best(history, 3), (std::vector<std::uint32_t>{5, 9, 0}));
  EXPECT_EQ(ranking.failed(), 2u);
  EXPECT_EQ(ranking.infeasible(), 2u);
  // A lost trial that comes back with a value.
  const std::size_t seen = history.changes().size();
  history.update(3, Outcome::kComplete, {-1}, {}, 9);
  history.update(9, Outcome::kFailed, {}, {}, 9);
  ranking.update(history, history.changes().subspan(seen));
  EXPECT_EQ(ranking.best(history, 3), (std::vector<std::uint32_t>{3, 5, 0}));
  EXPECT_EQ(ranking.failed(), 2u);
}

TEST(TrialRanking, FrontsComeInOrderOfDomination) {
  const Space space = square();
  base::RandomStream chance({.seed = kSeed});
  History history;
  std::vector<std::vector<double>> rows;
  for (int i = 0; i < 60; ++i) {
    rows.push_back({chance.uniform(), chance.uniform(), chance.uniform()});
    complete(history, space.draw({.seed = 1, .trial = history.size()}), rows.back());
  }
  TrialRanking ranking;
  ranking.update(history, history.changes());
  for (const std::size_t count : {1u, 5u, 20u, 45u, 60u}) {
    const std::vector<std::uint32_t> best = ranking.best(history, count);
    ASSERT_EQ(best.size(), count);
    // None that is left out dominates one that is in.
    for (std::uint32_t out = 0; out < rows.size(); ++out) {
      if (std::find(best.begin(), best.end(), out) != best.end()) continue;
      for (const std::uint32_t in : best) EXPECT_FALSE(math::dominates(rows[out], rows[in])) << count;
    }
  }
}

}  // namespace
}  // namespace sterlet::samplers
