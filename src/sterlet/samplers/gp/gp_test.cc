#include "sterlet/samplers/gp/gp.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <functional>
#include <limits>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sterlet/math/hypervolume.h"
#include "sterlet/base/rng.h"
#include "sterlet/samplers/gp/surface.h"
#include "sterlet/samplers/sobol.h"

namespace sterlet::samplers {
namespace {

using space::History;
using space::Kind;
using space::Outcome;
using space::Parameter;
using space::Point;
using space::Space;

constexpr std::uint64_t kSeed = 11;

std::unique_ptr<Sampler> make(const Space& space, std::optional<std::int64_t> budget = {}) {
  return *make_gp(space, {}, {.seed = kSeed, .trial_budget = budget});
}

Suggestion ask(const Sampler& sampler, History& history) {
  Suggestion suggestion = sampler.suggest(history, {.seed = kSeed, .trial = history.size()});
  history.append(
      {.number = static_cast<std::int64_t>(history.size()), .point = suggestion.point, .origin = suggestion.origin});
  return suggestion;
}

using Function = std::function<double(const Point&)>;

void tell(History& history, std::int64_t number, const Function& f) {
  const double value = f(history.trials()[static_cast<std::size_t>(number)].point);
  if (std::isnan(value)) {
    history.update(number, Outcome::kFailed, {}, {}, 0);
  } else {
    history.update(number, Outcome::kComplete, {value}, {}, 0);
  }
}

// Trials asked and told one by one; the best value.
double minimise(const Space& space, const Function& f, int trials) {
  const auto sampler = make(space, trials);
  History history;
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < trials; ++i) {
    ask(*sampler, history);
    tell(history, i, f);
    const auto& values = history.trials().back().values;
    if (!values.empty()) best = std::min(best, values.front());
  }
  return best;
}

Space branin_space() {
  return *Space::make({{.name = "x", .low = -5, .high = 10}, {.name = "y", .low = 0, .high = 15}}, {});
}

double branin(const Point& point) {
  const double x = point.values[0], y = point.values[1], pi = 3.14159265358979;
  const double curve = y - 5.1 / (4 * pi * pi) * x * x + 5 / pi * x - 6;
  return curve * curve + 10 * (1 - 1 / (8 * pi)) * std::cos(x) + 10;
}

Space unit_box(int dimensions) {
  std::vector<Parameter> parameters;
  for (int j = 0; j < dimensions; ++j) parameters.push_back({.name = fmt::format("x{}", j)});
  return *Space::make(std::move(parameters), {});
}

double square_from(const Point& point, double best) {
  double sum = 0;
  for (const double x : point.values) sum += (x - best) * (x - best);
  return sum;
}

TEST(Gp, FindsTheMinimumOfASmoothFunctionInFortyTrials) {
  EXPECT_LT(minimise(branin_space(), branin, 40), 0.3979 + 0.01);  // Of 40 random points the best is near 1.3.
}

TEST(Gp, BeginsInTheMiddle) {
  const Space space = *Space::make({{.name = "x", .low = -2, .high = 6},
                                    {.name = "rate", .low = 1e-4, .high = 1, .scale = space::Scale::kLog},
                                    {.name = "wrong", .low = 1e-4, .high = 1},
                                    {.name = "n", .kind = Kind::kInt, .low = 1, .high = 5}},
                                   {});
  const auto sampler = make_gp(space, {}, {.seed = kSeed});
  const Point first = (*sampler)->suggest({}, {.seed = kSeed}).point;
  EXPECT_NEAR(first.values[0], 2, 1e-9);
  EXPECT_NEAR(first.values[1], 0.01, 1e-9);
  EXPECT_NEAR(first.values[2], 0.01, 1e-9) << "so wide a range is suspected of being one for a log scale";
  EXPECT_EQ(first.values[3], 3);
}

// A model of equal values sees a plain, and goes from corner to corner: of 30 points none met what lies inside.
TEST(Gp, LooksEvenlyWhileAllThatIsKnownIsEqual) {
  const Space space = *Space::make({{.name = "a"}, {.name = "b"}, {.name = "c"}, {.name = "d"}}, {});
  const auto sampler = make(space, 100);
  History history;
  for (int i = 0; i < 40; ++i) {
    ask(*sampler, history);
    tell(history, i, [](const Point&) { return 0.9; });
    EXPECT_EQ(history.trials().back().origin, space::Origin::kSobol) << i;
  }
  tell(history, 39, [](const Point&) { return 0.8; });  // Something differs at last.
  EXPECT_EQ(ask(*sampler, history).origin, space::Origin::kModel);
}

// Networks that learn nothing over four fifths of the space, and an error in steps of a hundredth elsewhere.
TEST(Gp, LeavesAPlateau) {
  const Space space = *Space::make({{.name = "a"}, {.name = "b"}, {.name = "c"}, {.name = "d"}}, {});
  const Function f = [](const Point& p) {
    double square = 0;
    for (const double x : p.values) square += (x - 0.7) * (x - 0.7);
    return square > 0.35 ? 0.9 : std::round(100 * (0.9 - 0.85 * std::exp(-4 * square))) / 100;
  };
  EXPECT_LE(minimise(space, f, 60), 0.07);
}

// Taken for bad values, they were cliffs all over the space (a third of random search's regret after 100 trials in
// 6-d).
TEST(Gp, FindsItAmongFailuresByChance) {
  const Space space = *Space::make({{.name = "a"}, {.name = "b"}, {.name = "c"}, {.name = "d"}}, {});
  int calls = 0;
  const Function f = [&](const Point& p) {
    if (++calls % 4 == 1) return std::numeric_limits<double>::quiet_NaN();
    double square = 0;
    for (const auto& [x, best] :
         {std::pair(p.values[0], 0.2), {p.values[1], 0.4}, {p.values[2], 0.6}, {p.values[3], 0.8}}) {
      square += (x - best) * (x - best);
    }
    return square;
  };
  EXPECT_LT(minimise(space, f, 50), 1e-3);
}

// The best lies at the edge of what works, so it pays to look across; but ten failures in a row end a study.
TEST(Gp, SeldomFailsManyTimesInARow) {
  const Space space = *Space::make({{.name = "a"}, {.name = "b"}, {.name = "c"}}, {});
  const Function f = [](const Point& p) {
    const double sum = p.values[0] + p.values[1] + p.values[2];
    return sum > 1.8 ? std::numeric_limits<double>::quiet_NaN() : 2 - sum + 0.3 * p.values[0] * p.values[1];
  };
  const auto sampler = make(space, 100);
  History history;
  int in_row = 0, longest = 0;
  for (int i = 0; i < 100; ++i) {
    ask(*sampler, history);
    tell(history, i, f);
    in_row = history.trials().back().outcome == Outcome::kFailed ? in_row + 1 : 0;
    longest = std::max(longest, in_row);
  }
  EXPECT_LE(longest, 5);
}

TEST(Gp, FindsItOverAllKindsOfParameters) {
  // Best at b, n = 37, x = 0.2, rate = 0.01 where the condition holds; 0 there. Random: about 0.5 after 60.
  const Space space = *Space::make(
      {{.name = "x"},
       {.name = "n", .kind = Kind::kInt, .low = 1, .high = 100},
       {.name = "kind", .kind = Kind::kCategorical, .choices = {std::string("a"), std::string("b"), std::string("c")}},
       {.name = "rate", .low = 1e-5, .high = 1, .scale = space::Scale::kLog, .when = "kind == \"b\""}},
      {});
  const Function f = [](const Point& p) {
    const double x = p.values[0] - 0.2, n = (p.values[1] - 37) / 100;
    const double rate = p.values[2] == 1 ? std::log10(p.values[3]) + 2 : 2;
    return 4 * x * x + 4 * n * n + 0.25 * rate * rate;
  };
  EXPECT_LT(minimise(space, f, 60), 0.01);
}

// A learning rate given as linear, best at 0.001, the thousandth part of its range: 50 trials get as far as 40 on the
// log scale do (measured over 6 seeds and three functions, between 39 and 50).
TEST(Gp, AWrongScaleCostsAFifthOfTheTrialsAtMost) {
  const Function f = [](const Point& p) {
    const double decades = std::log10(p.values[0]) + 3, x = p.values[1] - 0.6, y = p.values[2] - 0.3;
    return 0.5 * decades * decades + 4 * x * x + 2 * y * y;
  };
  double right = 0, wrong = 0;
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    for (const space::Scale scale : {space::Scale::kLog, space::Scale::kLinear}) {
      const Space space =
          *Space::make({{.name = "rate", .low = 1e-4, .high = 1, .scale = scale}, {.name = "x"}, {.name = "y"}}, {});
      const auto sampler = *make_gp(space, {}, {.seed = seed, .trial_budget = 50});
      History history;
      double best = std::numeric_limits<double>::infinity();
      for (int i = 0; i < (scale == space::Scale::kLog ? 40 : 50); ++i) {
        const Suggestion suggestion = sampler->suggest(history, {.seed = seed, .trial = history.size()});
        history.append({.number = i, .point = suggestion.point, .origin = suggestion.origin});
        tell(history, i, f);
        best = std::min(best, history.trials().back().values.front());
      }
      (scale == space::Scale::kLog ? right : wrong) += std::log10(best + 1e-12) / 4;
    }
  }
  EXPECT_LT(wrong, right + 0.3);
}

TEST(Gp, StaysAwayFromWhereTrialsFail) {
  const Space space = branin_space();
  int failed = 0;
  const double best = minimise(
      space,
      [&](const Point& p) {
        if (p.values[0] < 2.5) ++failed;
        return p.values[0] < 2.5 ? std::nan("") : branin(p);
      },
      50);
  EXPECT_LT(best, 0.3979 + 0.01);
  EXPECT_LT(failed, 20);
}

TEST(Gp, SuggestsFarFewerWorseThanRandomPointsWithNoise) {
  base::RandomStream noise({.seed = kSeed});
  const Space space = branin_space();
  const auto sampler = make(space);
  History history;
  for (int i = 0; i < 60; ++i) {
    ask(*sampler, history);
    tell(history, i, [&](const Point& p) { return branin(p) + 5 * noise.normal(); });
  }
  std::vector<double> late;
  for (std::size_t i = 40; i < 60; ++i) late.push_back(branin(history.trials()[i].point));
  std::sort(late.begin(), late.end());
  EXPECT_LT(late[10], 8);  // The median of random points is 38.
}

// A table of 8 x 8 x 8 x 8 cells with noise, as of trainings with a few settings of each parameter. Without counting noise
// some 20 of the trials of the second halves went to cells that were new; so it is some 60.
TEST(Gp, GoesOnLookingWhereRepeatsWouldTellNoiseAlone) {
  const Space space = unit_box(4);
  std::size_t fresh = 0;
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    base::RandomStream noise({.seed = seed});
    const auto sampler = *make_gp(space, {}, {.seed = seed});
    History history;
    std::set<std::vector<int>> known;
    for (int i = 0; i < 80; ++i) {
      const Suggestion suggestion = sampler->suggest(history, {.seed = seed, .trial = history.size()});
      history.append({.number = i, .point = suggestion.point, .origin = suggestion.origin});
      std::vector<int> cell;
      double squares = 0;
      for (const double x : suggestion.point.values) {
        cell.push_back(static_cast<int>(x * 7.999));
        squares += std::pow(cell.back() / 8.0 - 0.4, 2);
      }
      fresh += known.insert(cell).second && i >= 40 ? 1 : 0;
      tell(history, i, [&](const Point&) { return std::sqrt(squares) + 0.2 * noise.normal(); });
    }
  }
  EXPECT_GT(fresh, 40) << "of 160 trials, seeds 0 to 3";
}

// Noise of the size of the signal in six dimensions: a process that is nearly ignorant went from corner to corner, six
// to nine of ten coordinates at an end.
TEST(Gp, KeepsOutOfTheCornersWhereNoiseHidesTheShape) {
  const Space space = unit_box(6);
  int at_an_end = 0, coordinates = 0;
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    base::RandomStream noise({.seed = seed});
    const auto sampler = *make_gp(space, {}, {.seed = seed});
    History history;
    for (int i = 0; i < 70; ++i) {
      const Suggestion suggestion = sampler->suggest(history, {.seed = seed, .trial = history.size()});
      history.append({.number = i, .point = suggestion.point, .origin = suggestion.origin});
      tell(history, i, [&](const Point& p) { return -3 * std::exp(-4 * square_from(p, 0.3)) + noise.normal(); });
      if (i < 40) continue;
      for (const double x : suggestion.point.values) {
        at_an_end += x < 0.02 || x > 0.98 ? 1 : 0;
        ++coordinates;
      }
    }
  }
  EXPECT_LT(at_an_end, coordinates / 3) << "seeds 0 to 2";
}

// A third of the variance is noise: the range that is told holds about as much.
TEST(GpSurface, FindsOutHowMuchNoiseThereIs) {
  const Space space = *Space::make({{.name = "a"}, {.name = "b"}, {.name = "c"}}, {});
  const GpEmbedding embedding(space);
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    for (const double sd : {0.0, 0.35, 1.0}) {
      base::RandomStream noise({.seed = seed});
      History history;
      std::vector<GpTold> told;
      for (std::int64_t i = 0; i < 60; ++i) {
        const auto trial = static_cast<std::size_t>(i);
        history.append({.number = i, .point = space.draw({.seed = seed, .trial = trial})});
        const std::vector<double>& x = history.trials().back().point.values;
        const double signal = 1.5 * std::sin(3 * x[0]) + 2 * x[1] * x[1] - x[2];  // Of a standard deviation of 0.8.
        told.push_back({.trial = trial, .value = signal + sd * noise.normal(), .settled = true});
        history.update(i, Outcome::kComplete, {told.back().value}, {}, 0);
      }
      UnitTable table(space.dimensions().size());
      table.extend(space, history);
      GpSurface surface(embedding, GpSurface::Kind::kObjective);
      surface.learn(table, told, {}, {});
      const double found = std::exp(surface.model().hyper().log_noise);
      const double expected = sd * sd / (sd * sd + 0.64);
      SCOPED_TRACE(fmt::format("seed {}, noise {}", seed, sd));
      if (sd == 0) {
        EXPECT_LT(found, 0.02);
      } else {
        EXPECT_GT(found, expected / 3);
        EXPECT_LT(found, expected * 2.5);
      }
    }
  }
}

// The unconstrained minima are infeasible; on x >= 0 and x + y >= 12 the least is about 13.
TEST(Gp, TrustsAMeanOfManyRunsMore) {  // The best by far: luck, unless it is the mean of many.
  const Space space = *Space::make({{.name = "x"}}, {});
  const auto predicted_after = [&](std::int64_t runs) {
    History history;
    for (std::int64_t i = 0; i < 40; ++i) {
      const Point point = space.draw({.seed = kSeed, .trial = static_cast<std::uint64_t>(i)});
      base::RandomStream noise({.seed = kSeed, .trial = static_cast<std::uint64_t>(i), .stream = base::Stream::kGp});
      history.append({.number = i, .point = point, .origin = space::Origin::kRandom});
      const double value = i == 12 ? -5 : noise.normal();
      history.update(i, Outcome::kComplete, {value}, {}, 0, 0, i == 12 ? runs : 1);
    }
    const Suggestion next = make(space, 50)->suggest(history, {.seed = kSeed, .trial = 40});
    return next.predicted.value();
  };
  EXPECT_LT(predicted_after(100), predicted_after(1) - 1) << "seed " << kSeed;
}

TEST(Gp, KeepsToWhatTheConstraintsAllow) {
  const Space space = branin_space();
  const auto sampler = make(space);
  History history;
  double best = std::numeric_limits<double>::infinity();
  int feasible_late = 0;
  for (int i = 0; i < 50; ++i) {
    const Point point = ask(*sampler, history).point;
    const std::vector<double> constraints = {-point.values[0], 12 - point.values[0] - point.values[1]};
    const bool feasible = constraints[0] <= 0 && constraints[1] <= 0;
    if (feasible) best = std::min(best, branin(point));
    if (feasible && i >= 20) ++feasible_late;
    history.update(i, Outcome::kComplete, {branin(point)}, constraints, 0);
  }
  double least = std::numeric_limits<double>::infinity();
  for (double x = 0; x <= 10; x += 0.01) {
    for (double y = 12 - x; y <= 15; y += 0.01) {
      if (y >= 0) least = std::min(least, branin({.values = {x, y}}));
    }
  }
  EXPECT_LT(best, least + 0.1);
  EXPECT_GE(feasible_late, 10);
}

TEST(Gp, FindsTheFrontsOfSeveralObjectives) {
  // Squared distances to the corners of a simplex, in 4 dimensions.
  for (const std::size_t objectives : {2u, 3u, 4u}) {
    SCOPED_TRACE(objectives);
    std::vector<Parameter> parameters;
    for (int j = 0; j < 4; ++j) parameters.push_back({.name = fmt::format("x{}", j)});
    const Space space = *Space::make(std::move(parameters), {});
    const auto volume_of = [&](const Sampler& sampler, bool pending) {
      History history;
      std::vector<double> values;
      for (int i = 0; i < 40; ++i) {
        const Point point = ask(sampler, history).point;
        std::vector<double> own;
        for (std::size_t m = 0; m < objectives; ++m) {
          double sum = 0;
          for (std::size_t j = 0; j < 4; ++j) {
            const double step = point.values[j] - (j == m ? 0.8 : 0.2);
            sum += step * step;
          }
          own.push_back(sum);
        }
        values.insert(values.end(), own.begin(), own.end());
        const int told = pending ? i - 3 : i;  // Three trials always run.
        if (told < 0) continue;
        const auto first = values.begin() + told * static_cast<std::ptrdiff_t>(objectives);
        history.update(told, Outcome::kComplete, {first, first + static_cast<std::ptrdiff_t>(objectives)}, {}, 0);
      }
      return math::hypervolume({.values = values, .width = objectives}, std::vector<double>(objectives, 1.0));
    };
    const auto gp = *make_gp(space, {}, {.seed = kSeed, .objective_count = objectives});
    const auto sobol = make_sobol(space, kSeed);
    const double by_sobol = volume_of(*sobol, false);
    // What is still missing to the whole front is less than half of what 40 Sobol points miss.
    std::vector<double> front;
    base::RandomStream stream({.seed = kSeed});
    for (int i = 0; i < 600; ++i) {
      std::vector<double> weights;
      double total = 0;
      for (std::size_t m = 0; m < objectives; ++m) {
        weights.push_back(-std::log(1 - stream.uniform()));
        total += weights.back();
      }
      for (std::size_t m = 0; m < objectives; ++m) {
        double sum = 0;
        for (std::size_t j = 0; j < objectives; ++j) {
          const double step = 0.6 * (weights[j] / total - (j == m ? 1 : 0));
          sum += step * step;
        }
        front.push_back(sum);
      }
    }
    const double whole =
        math::hypervolume({.values = front, .width = objectives}, std::vector<double>(objectives, 1.0));
    EXPECT_LT(whole - volume_of(*gp, false), 0.5 * (whole - by_sobol));
    EXPECT_LT(whole - volume_of(*gp, true), 0.5 * (whole - by_sobol));
  }
  EXPECT_FALSE(make_gp(branin_space(), {}, {.objective_count = 5}));
}

TEST(Gp, PendingTrialsSpreadOut) {
  const Space space = branin_space();
  const auto sampler = make(space);
  History history;
  for (int i = 0; i < 20; ++i) {
    ask(*sampler, history);
    tell(history, i, branin);
  }
  for (int i = 0; i < 8; ++i) ask(*sampler, history);
  for (std::size_t a = 20; a < 28; ++a) {
    for (std::size_t b = 20; b < a; ++b) {
      const auto u = space.to_unit(history.trials()[a].point), v = space.to_unit(history.trials()[b].point);
      EXPECT_GT(std::hypot(u[0] - v[0], u[1] - v[1]), 1e-3) << a << " and " << b;
    }
  }
}

TEST(Gp, PredictsWithARangeThatHoldsMostValues) {
  const Space space = branin_space();
  const auto sampler = make(space);
  History history;
  int inside = 0, predicted = 0;
  for (int i = 0; i < 50; ++i) {
    const Suggestion suggestion = ask(*sampler, history);
    tell(history, i, branin);
    if (!suggestion.predicted_range || i < 20) continue;
    ++predicted;
    const double value = history.trials().back().values.front();
    EXPECT_LE(suggestion.predicted_range->first, *suggestion.predicted);
    EXPECT_GE(suggestion.predicted_range->second, *suggestion.predicted);
    if (value >= suggestion.predicted_range->first && value <= suggestion.predicted_range->second) ++inside;
  }
  EXPECT_EQ(predicted, 30);
  EXPECT_GE(inside, 20);
}

// A study that goes on keeps its sampler; one opened again replays its trials by number. With eight workers whose
// results come out of order, both must suggest the same.
TEST(Gp, AnswersTheSameAfterARestartWhateverTheOrderOfResults) {
  const Space space = branin_space();
  const auto sampler = make(space);
  History history;
  base::RandomStream stream({.seed = kSeed});
  std::vector<std::int64_t> running;
  for (int i = 0; i < 90; ++i) {
    const Suggestion suggestion = ask(*sampler, history);
    running.push_back(i);
    if (i % 7 == 3) {
      History replayed;
      for (const space::Observation& trial : history.trials()) {
        if (trial.number == i) break;
        space::Observation fresh = trial;
        fresh.outcome = Outcome::kPending;
        fresh.values.clear();
        replayed.append(fresh);
        if (trial.outcome != Outcome::kPending) replayed.update(trial.number, trial.outcome, trial.values, {}, 0);
      }
      const Suggestion again = make(space)->suggest(replayed, {.seed = kSeed, .trial = static_cast<std::uint64_t>(i)});
      EXPECT_EQ(again.point, suggestion.point) << "trial " << i;
      EXPECT_EQ(again.predicted, suggestion.predicted);
    }
    while (running.size() >= 8) {
      const auto at = static_cast<std::ptrdiff_t>(stream.below(running.size()));
      tell(history, running[static_cast<std::size_t>(at)], branin);
      running.erase(running.begin() + at);
    }
  }
}

// All of fifty dimensions matter alike. Measured: 0.4 of what the best of as many random points has.
TEST(Gp, BeatsRandomPointsByFarInFiftyDimensions) {
  const Space space = unit_box(50);
  double random = std::numeric_limits<double>::infinity();
  for (std::uint64_t i = 0; i < 60; ++i) {
    random = std::min(random, square_from(space.draw({.seed = kSeed, .trial = i}), 0.3));
  }
  EXPECT_LT(minimise(
                space, [](const Point& p) { return square_from(p, 0.3); }, 60),
            0.65 * random)
      << "seed " << kSeed;
}

// With a box about the best point, that has been halved and doubled.
TEST(Gp, AnswersTheSameAfterARestartInManyDimensions) {
  const Space space = unit_box(32);
  const auto first = make(space);
  History history;
  for (int i = 0; i < 70; ++i) {
    const base::StreamKey key{.seed = kSeed, .trial = history.size()};
    const Suggestion suggestion = first->suggest(history, key);
    if (i % 9 == 0) {
      EXPECT_EQ(make(space)->suggest(history, key).point, suggestion.point) << "trial " << i << ", seed " << kSeed;
    }
    history.append({.number = i, .point = suggestion.point, .origin = suggestion.origin});
    tell(history, i, [](const Point& p) { return square_from(p, 0.3); });
  }
}

TEST(Gp, StartsWithAQuarterOfASmallBudgetAtMost) {
  const Space space = branin_space();
  const auto sampler = make(space, 16);
  History history;
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(ask(*sampler, history).origin, i < 4 ? space::Origin::kSobol : space::Origin::kModel) << i;
    tell(history, i, branin);
  }
}

TEST(Gp, NeverRepeatsAPointWhileThereAreOthers) {
  const Space space = *Space::make({{.name = "a", .kind = Kind::kInt, .low = 1, .high = 6},
                                    {.name = "b", .kind = Kind::kCategorical, .choices = {true, false}}},
                                   {});
  const auto sampler = make(space);
  History history;
  std::set<std::vector<double>> seen;
  for (int i = 0; i < 12; ++i) {
    std::uint32_t attempt = 0;
    Suggestion suggestion;
    do {
      suggestion = sampler->suggest(history, {.seed = kSeed, .trial = history.size(), .attempt = attempt});
    } while (seen.count(suggestion.point.values) > 0 && ++attempt < 64);
    EXPECT_TRUE(seen.insert(suggestion.point.values).second) << "trial " << i;
    history.append({.number = i, .point = suggestion.point, .origin = suggestion.origin});
    tell(history, i, [](const Point& p) { return (p.values[0] - 2) * (p.values[0] - 2); });
  }
}

}  // namespace
}  // namespace sterlet::samplers
