// What a prior promises: a density, draws from it, its fading, hints refused with a reason; and every sampler under one.

#include "sterlet/samplers/prior/prior.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sterlet/samplers/prior/check.h"
#include "sterlet/samplers/prior/sources.h"
#include "sterlet/samplers/prior/steering.h"
#include "sterlet/samplers/registry.h"

namespace sterlet::samplers {
namespace {

using space::Kind;
using space::Scale;
using space::Space;

Space make_space(std::vector<space::Parameter> parameters) {
  auto space = Space::make(std::move(parameters), {});
  if (!space) ADD_FAILURE() << space.error().front().error.message();
  return std::move(*space);
}

Space network() {
  return make_space({{.name = "rate", .low = 1e-4, .high = 1, .scale = Scale::kLog},
                     {.name = "units", .kind = Kind::kInt, .low = 8, .high = 512, .scale = Scale::kLog},
                     {.name = "opt", .kind = Kind::kCategorical, .choices = {"sgd", "adam", "adagrad"}},
                     {.name = "momentum", .when = "opt == \"sgd\""}});
}

Space plane() { return make_space({{.name = "x"}, {.name = "y"}}); }

Prior hinted(const Space& space, const char* params) {
  auto prior = prior_of_hint(space, base::Json::parse(params));
  if (!prior) ADD_FAILURE() << prior.error().message();
  return std::move(*prior);
}

// A mean over a fine grid of one dimension, or over the choices.
double mean_density(const Prior& prior, std::size_t dimension, std::size_t width) {
  constexpr int kCells = 6000;
  double sum = 0;
  for (int i = 0; i < kCells; ++i) {
    std::vector<double> unit(width, std::nan(""));
    unit[dimension] = (i + 0.5) / kCells;
    sum += std::exp(prior.log_density(unit.data()));
  }
  return sum / kCells;
}

TEST(Prior, IntegratesToOneInEveryDimension) {
  const Space space = network();
  for (const char* params : {R"({"rate": [0.01, 0.03]})", R"({"rate": 0.0001})", R"({"units": [300, 512]})",
                             R"({"opt": "adam"})", R"({"opt": ["sgd", "adam"]})"}) {
    SCOPED_TRACE(params);
    const Prior prior = hinted(space, params);
    EXPECT_NEAR(mean_density(prior, prior.bumps().front().pulls.front().dimension, 4), 1, 1e-4);
  }
}

TEST(Prior, IsDenseWhereItPointsAndNowhereZero) {
  const Space space = network();
  const Prior prior = hinted(space, R"({"rate": [0.01, 0.03], "opt": "adam"})");
  const auto at = [&](const char* params) {
    const auto unit = space.to_unit(*space.from_json(base::Json::parse(params)));
    return prior.log_density(unit.data());
  };
  const double inside = at(R"({"rate": 0.02, "units": 8, "opt": "adam"})");
  EXPECT_GT(inside, at(R"({"rate": 0.02, "units": 8, "opt": "adagrad"})") + 1);
  EXPECT_GT(inside, at(R"({"rate": 0.5, "units": 8, "opt": "adam"})") + 3);
  EXPECT_NEAR(inside, at(R"({"rate": 0.012, "units": 512, "opt": "adam"})"), 0.5);
  EXPECT_GE(at(R"({"rate": 1.0, "units": 8, "opt": "adagrad"})"), std::log(Prior::kEverywhere) - 1e-9);
}

TEST(Prior, GradientIsThatOfTheDensity) {
  const Space space = plane();
  std::vector<GoodSetting> settings{{{0.2, 0.7}}, {{0.3, 0.65}, 2}, {{0.8, 0.1}, 0.5}};
  const Prior prior = *prior_of_settings(space, settings);
  base::RandomStream stream({.seed = 5});
  for (int i = 0; i < 50; ++i) {
    const std::vector<double> unit{stream.uniform(), stream.uniform()};
    std::vector<double> gradient(2, 0.0);
    prior.log_density(unit.data(), 3, gradient.data());
    for (std::size_t j = 0; j < 2; ++j) {
      std::vector<double> up = unit, down = unit;
      up[j] += 1e-6;
      down[j] -= 1e-6;
      const double slope = 3 * (prior.log_density(up.data()) - prior.log_density(down.data())) / 2e-6;
      EXPECT_NEAR(gradient[j], slope, 1e-4 * (1 + std::abs(slope)));
    }
  }
}

// False alarms: a share of 0.68 by the density, drawn 4,000 times, leaves +-0.04 once in ten million.
TEST(Prior, DrawsAsOftenAsItsDensitySays) {
  const Space space = plane();
  const Prior prior = hinted(space, R"({"x": [0.2, 0.4]})");
  base::RandomStream stream({.seed = 7});
  int inside = 0, above = 0, below_middle = 0;
  for (int i = 0; i < 4000; ++i) {
    std::vector<double> unit(2, std::nan(""));
    prior.draw(stream, unit);
    inside += unit[0] >= 0.2 && unit[0] <= 0.4 ? 1 : 0;
    below_middle += unit[0] < 0.3 ? 1 : 0;
    above += unit[1] > 0.5 ? 1 : 0;
  }
  EXPECT_NEAR(inside / 4000.0, 0.683, 0.04);  // One spread on either side of its middle.
  EXPECT_NEAR(below_middle / 4000.0, 0.5, 0.04);
  EXPECT_NEAR(above / 4000.0, 0.5, 0.04);
}

TEST(Prior, OfGoodSettingsIsNarrowWhereTheyAgree) {
  const Space space = plane();
  std::vector<GoodSetting> settings;
  for (int i = 0; i < 10; ++i) settings.push_back({{0.5 + 0.01 * (i % 3), 0.1 * i}});
  const Prior prior = *prior_of_settings(space, settings);
  EXPECT_EQ(prior.bumps().front().pulls[0].spread, kPriorNarrowest);
  EXPECT_GT(prior.bumps().front().pulls[1].spread, 0.15);
  EXPECT_FALSE(prior_of_settings(space, {}).has_value());
  EXPECT_FALSE(prior_of_settings(space, {{{std::nan(""), std::nan("")}}}).has_value());
}

TEST(Prior, FadesWithTheSquareOfTrialsAndStartsWhenItCame) {
  const Space space = plane();
  const space::History none;
  const std::vector<double> unit{0.3, 0.5};
  for (const double lasting : {1.0, 4.0}) {
    const Steering steering(
        {{.prior = hinted(space, R"({"x": [0.2, 0.4]})"), .since = 10, .weight = 2, .lasting = lasting}});
    const auto log_pull = [&](std::uint64_t trial) {
      return steering.pull(space, none, trial).log_density(unit.data());
    };
    EXPECT_FALSE(steering.pull(space, none, 9).is_any());
    EXPECT_EQ(log_pull(9), 0);
    const double first = log_pull(10);
    EXPECT_GT(first, 0);
    EXPECT_DOUBLE_EQ(log_pull(14), first / ((1 + 4 / lasting) * (1 + 4 / lasting)));
    EXPECT_EQ(steering.pull(space, none, 13).is_any(), lasting == 1) << "what lasts pulls in every other trial";
    EXPECT_FALSE(steering.pull(space, none, 2000).is_any());
  }
}

TEST(Prior, IsDrawnFromOftenAtFirstAndSeldomLater) {
  const Space space = plane();
  const space::History none;
  const Steering steering({{.prior = hinted(space, R"({"x": [0.2, 0.4]})"), .since = 100}});
  const auto drawn = [&](std::uint64_t from, std::uint64_t to) {
    int count = 0;
    for (std::uint64_t trial = from; trial < to; ++trial) {
      count += steering.draw(space, none, {.seed = 3, .trial = trial}) ? 1 : 0;
    }
    return count;
  };
  EXPECT_EQ(drawn(0, 100), 0);
  EXPECT_EQ(drawn(100, 112), 8);
  EXPECT_LE(drawn(150, 200), 10);
  EXPECT_GE(drawn(112, 200), 10);
}

TEST(Prior, RefusesWrongHintsWithASentence) {
  const Space space = network();
  const std::vector<std::pair<const char*, const char*>> cases{
      {R"({"rat": 0.1})", "unknown parameter 'rat'; did you mean 'rate'?"},
      {R"({"rate": [0.1, 2]})",
       "the hint for rate leaves its range of 0.0001 to 1 (found [0.1,2]); hint within the range, or widen it with "
       "--amend"},
      {R"({"rate": [0.1, 0.01]})",
       "the range hinted for rate ends before it begins (0.1 > 0.01); write the smaller number first"},
      {R"({"rate": "fast"})",
       "rate is a number and cannot be hinted as \"fast\"; give a value or a range within 0.0001 to 1"},
      {R"({"rate": "NaN"})",
       "rate is a number and cannot be hinted as \"NaN\"; give a value or a range within 0.0001 to 1"},
      {R"({"rate": [0.1]})",
       "rate cannot be hinted as [0.1]; give one value, or a range of two, as 0.01..0.03 or [0.01, 0.03]"},
      {R"({"opt": "lion"})", "opt cannot be hinted as \"lion\"; it is one of sgd, adam, adagrad"},
      {R"({"opt": []})", "the hint for opt names no choice; name at least one"},
      {R"({})",
       "a hint is an object of parameters and where they are good (found {}); write it as {\"learning_rate\": [0.01, "
       "0.03]}"},
      {R"([1])",
       "a hint is an object of parameters and where they are good (found [1]); write it as {\"learning_rate\": [0.01, "
       "0.03]}"}};
  for (const auto& [params, message] : cases) {
    const auto prior = prior_of_hint(space, base::Json::parse(params));
    ASSERT_FALSE(prior) << params;
    EXPECT_EQ(prior.error().message(), message);
  }
}

TEST(Prior, RefusesAParameterThatTheRestOfTheHintRulesOut) {
  const Space space = make_space({{.name = "opt", .kind = Kind::kCategorical, .choices = {"sgd"}},
                                  {.name = "x"},
                                  {.name = "momentum", .when = "x > 2"}});
  const auto prior = prior_of_hint(space, {{"momentum", 0.9}});
  ASSERT_FALSE(prior);
  EXPECT_EQ(prior.error().message(),
            "momentum does not exist with the rest of the hint (when: x > 2); leave it out, or hint "
            "what it depends on");
}

TEST(Prior, CarriesValuesToTheNearestThatCanBe) {
  const Space space = make_space({{.name = "units", .kind = Kind::kInt, .low = 8, .high = 64},
                                  {.name = "drop", .low = 0, .high = 0.5, .step = 0.1},
                                  {.name = "opt", .kind = Kind::kCategorical, .choices = {"sgd", "adam"}}});
  const auto carry = [&](std::size_t parameter, const base::Json& value) {
    return carry_value(space, parameter, value);
  };
  EXPECT_EQ(carry(0, 32)->raw, std::vector<double>{32});
  EXPECT_FALSE(carry(0, 32)->is_moved);
  EXPECT_EQ(carry(0, 512)->raw, std::vector<double>{64});
  EXPECT_TRUE(carry(0, 512)->is_moved);
  ASSERT_TRUE(carry(1, 0.34).has_value());
  EXPECT_NEAR(carry(1, 0.34)->raw[0], 0.3, 1e-12);
  EXPECT_EQ(carry(2, "adam")->raw, std::vector<double>{1});
  EXPECT_FALSE(carry(2, "lion").has_value());
  EXPECT_FALSE(carry(0, "many").has_value());
  EXPECT_FALSE(carry(0, base::Json::array({8, 8})).has_value());
}

double bowl(const space::Point& point) {
  return (point.values[0] - 0.3) * (point.values[0] - 0.3) + (point.values[1] - 0.6) * (point.values[1] - 0.6);
}

struct Searched {
  space::History history;
  std::optional<std::int64_t> contradicted;
};

// A study of that sampler with a prior from trial 0 on, judged before each trial.
Searched run_with(const Space& space, std::string_view name, const std::vector<ActivePrior>& priors, int trials) {
  Searched run;
  const StudyFacts facts{.seed = 9, .priors = priors};
  const auto sampler = make(name, space, base::Json::object(), facts);
  EXPECT_TRUE(sampler) << name;
  for (int i = 0; i < trials; ++i) {
    if (!run.contradicted && !priors.empty() && find_contradiction(space, run.history, priors.front(), 1, 9)) {
      run.contradicted = i;
    }
    auto suggestion = (*sampler)->suggest(run.history, {.seed = 9, .trial = static_cast<std::uint64_t>(i)});
    EXPECT_TRUE(space.satisfies_constraints(suggestion.point));
    const double value = bowl(suggestion.point);
    run.history.append({.number = i, .point = std::move(suggestion.point), .origin = suggestion.origin});
    run.history.update(i, space::Outcome::kComplete, {value}, {}, 0);
  }
  return run;
}

TEST(Prior, PullsEverySamplerThere) {
  const Space space = plane();
  const ActivePrior prior{.prior = hinted(space, R"({"x": [0.7, 0.9]})")};
  for (const Row& row : registry()) {
    SCOPED_TRACE(row.name);
    const auto inside = [&](const Searched& run) {
      return std::count_if(run.history.trials().begin(), run.history.trials().end(), [](const auto& trial) {
        return trial.point.values[0] >= 0.65 && trial.point.values[0] <= 0.95;
      });
    };
    const auto with = inside(run_with(space, row.name, {prior}, 12)),
               without = inside(run_with(space, row.name, {}, 12));
    EXPECT_GE(with, 4);
    EXPECT_GT(with, without);
  }
}

TEST(Prior, SuggestionsAreAFunctionOfHistoryAndPriors) {
  const Space space = plane();
  const ActivePrior prior{.prior = hinted(space, R"({"x": [0.2, 0.4], "y": 0.6})"), .since = 5, .weight = 3};
  for (const Row& row : registry()) {
    SCOPED_TRACE(row.name);
    const Searched run = run_with(space, row.name, {prior}, 20);
    const auto fresh = make(row.name, space, base::Json::object(), {.seed = 9, .priors = {prior}});
    const base::StreamKey key{.seed = 9, .trial = 20};
    const auto once = (*fresh)->suggest(run.history, key), again = (*fresh)->suggest(run.history, key);
    const auto other = make(row.name, space, base::Json::object(), {.seed = 9, .priors = {prior}});
    EXPECT_EQ(once.point, again.point);
    EXPECT_EQ(once.point, (*other)->suggest(run.history, key).point);
    // Before it came it does nothing.
    const Searched plain = run_with(space, row.name, {}, 5);
    for (std::size_t i = 0; i < 5; ++i) {
      EXPECT_EQ(plain.history.trials()[i].point, run.history.trials()[i].point) << i;
    }
  }
}

// A study without priors, and a hint after ten trials: what comes next.
Searched run_hinted(const Space& space, std::string_view name, const char* hint, int trials) {
  Searched run = run_with(space, name, {}, 10);
  const ActivePrior prior{.prior = hinted(space, hint), .since = 10, .lasting = 8};
  const auto sampler = make(name, space, base::Json::object(), {.seed = 9, .priors = {prior}});
  for (int i = 10; i < trials; ++i) {
    if (!run.contradicted && find_contradiction(space, run.history, prior, 1, 9)) run.contradicted = i;
    auto suggestion = (*sampler)->suggest(run.history, {.seed = 9, .trial = static_cast<std::uint64_t>(i)});
    const double value = bowl(suggestion.point);
    run.history.append({.number = i, .point = std::move(suggestion.point), .origin = suggestion.origin});
    run.history.update(i, space::Outcome::kComplete, {value}, {}, 0);
  }
  return run;
}

TEST(Prior, AHintIsTriedOutOnTheBestSettings) {
  const Space space = plane();
  for (const Row& row : registry()) {
    SCOPED_TRACE(row.name);
    const Searched run = run_hinted(space, row.name, R"({"x": [0.7, 0.9]})", 13);
    const auto& trials = run.history.trials();
    std::vector<std::size_t> order{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return trials[a].values < trials[b].values; });
    EXPECT_NEAR(trials[10].point.values[0], 0.8, 1e-9) << "its middle";
    EXPECT_EQ(trials[10].point.values[1], trials[order[0]].point.values[1]) << "the rest of the best setting";
    const Searched plain = run_with(space, row.name, {}, 10);
    EXPECT_EQ(plain.history.trials()[9].point, trials[9].point) << "nothing before it came";
  }
}

TEST(Prior, AWrongHintIsToldOffWithinFourTrialsAndAGoodOneIsNot) {
  const Space space = plane();
  for (const Row& row : registry()) {
    SCOPED_TRACE(row.name);
    const Searched misled = run_hinted(space, row.name, R"({"x": [0.9, 1.0], "y": [0.0, 0.1]})", 15);
    ASSERT_TRUE(misled.contradicted.has_value());
    EXPECT_LE(*misled.contradicted, 14);
    EXPECT_FALSE(run_hinted(space, row.name, R"({"x": [0.25, 0.35], "y": [0.5, 0.7]})", 20).contradicted.has_value());
  }
}

TEST(Prior, ContradictedWhereResultsAreBetterElsewhere) {
  const Space space = plane();
  const ActivePrior wrong{.prior = hinted(space, R"({"x": [0.8, 0.95]})")};
  const ActivePrior right{.prior = hinted(space, R"({"x": [0.25, 0.35], "y": [0.5, 0.7]})")};
  for (const char* name : {"gp", "tpe", "random", "sobol"}) {
    SCOPED_TRACE(name);
    const Searched misled = run_with(space, name, {wrong}, 25);
    ASSERT_TRUE(misled.contradicted.has_value());
    EXPECT_GE(*misled.contradicted, 4);
    EXPECT_FALSE(run_with(space, name, {right}, 25).contradicted.has_value());
  }
}

}  // namespace
}  // namespace sterlet::samplers
