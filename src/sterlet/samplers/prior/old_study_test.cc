// What older results lead to expect, how far new ones bear it out, and what samplers make of both.

#include "sterlet/samplers/prior/old_study.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include <gtest/gtest.h>

#include "sterlet/samplers/gp/surface.h"
#include "sterlet/samplers/gp/told.h"
#include "sterlet/samplers/prior/check.h"
#include "sterlet/samplers/prior/sources.h"
#include "sterlet/samplers/prior/trust.h"
#include "sterlet/samplers/registry.h"

namespace sterlet::samplers {
namespace {

using space::Space;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
using Function = std::function<double(const std::vector<double>&)>;

Space cube() {
  auto space = Space::make({{.name = "x"}, {.name = "y"}, {.name = "z"}}, {});
  if (!space) ADD_FAILURE() << space.error().front().error.message();
  return std::move(*space);
}

double bowl(const std::vector<double>& at) {
  double sum = 0;
  const std::vector<double> best{0.3, 0.6, 0.8};
  for (std::size_t j = 0; j < 3; ++j) sum += std::isnan(at[j]) ? 0 : (at[j] - best[j]) * (at[j] - best[j]);
  return sum;
}
double upside_down(const std::vector<double>& at) { return -bowl(at); }

space::History results(const Function& value, int count, bool knows_z = true) {
  space::History history;
  base::RandomStream stream({.seed = 21});
  for (int i = 0; i < count; ++i) {
    std::vector<double> at{stream.uniform(), stream.uniform(), knows_z ? stream.uniform() : kNone};
    const double found = value(at);
    history.append({.number = i,
                    .point = {.values = std::move(at)},
                    .origin = space::Origin::kAdded,
                    .outcome = space::Outcome::kComplete,
                    .values = {found}});
  }
  return history;
}

double expected(const OldStudy& old, const std::vector<double>& at) {
  double value = 0;
  old.expect(at.data(), 1, &value);
  return value;
}

TEST(OldStudy, ExpectsWhatItsResultsSay) {
  const OldStudy old(cube(), results(bowl, 40));
  EXPECT_LT(expected(old, {0.3, 0.6, 0.8}), expected(old, {0.5, 0.5, 0.5}));
  EXPECT_LT(expected(old, {0.5, 0.5, 0.5}), expected(old, {0.95, 0.05, 0.1}));
}

TEST(OldStudy, HasTheGradientOfWhatItExpects) {
  const OldStudy old(cube(), results(bowl, 40));
  base::RandomStream stream({.seed = 4});
  for (int i = 0; i < 20; ++i) {
    const std::vector<double> at{stream.uniform(), stream.uniform(), stream.uniform()};
    std::vector<double> gradient{1, 1, 1};
    const double factor = 2.5;
    old.add_gradient(at.data(), 1, &factor, gradient.data());
    for (std::size_t j = 0; j < 3; ++j) {
      std::vector<double> up = at, down = at;
      up[j] += 1e-5;
      down[j] -= 1e-5;
      const double slope = factor * (expected(old, up) - expected(old, down)) / 2e-5;
      EXPECT_NEAR(gradient[j], 1 + slope, 1e-3 * (1 + std::abs(slope)));
    }
  }
}

TEST(OldStudy, ExpectsNothingOfAParameterThatItDidNotHave) {
  const OldStudy old(cube(), results(bowl, 40, false));
  EXPECT_EQ(expected(old, {0.2, 0.4, 0.1}), expected(old, {0.2, 0.4, 0.9}));
  std::vector<double> gradient{0, 0, 0};
  const double factor = 1;
  const std::vector<double> at{0.2, 0.4, 0.1};
  old.add_gradient(at.data(), 1, &factor, gradient.data());
  EXPECT_NE(gradient[0], 0);
  EXPECT_EQ(gradient[2], 0);
}

TEST(OldStudy, OfTooFewResultsExpectsNothing) {
  EXPECT_EQ(expected(OldStudy(cube(), results(bowl, 3)), {0.1, 0.2, 0.3}), 0);
  EXPECT_EQ(expected(OldStudy(cube(), results([](const auto&) { return 1.0; }, 30)), {0.1, 0.2, 0.3}), 0);
  EXPECT_EQ(expected(OldStudy(cube(), space::History()), {0.1, 0.2, 0.3}), 0);
}

TEST(Trust, IsWholeUntilResultsSpeakAndGoesWhereTheyContradict) {
  const std::vector<double> old{-1, 0, 1, 2};
  EXPECT_EQ(rank_trust({}, {}), 1);
  EXPECT_EQ(rank_trust(std::vector<double>{1}, std::vector<double>{7}), 1);
  EXPECT_EQ(rank_trust(old, std::vector<double>{1, 2, 3, 4}), 1);
  EXPECT_EQ(rank_trust(old, std::vector<double>{4, 3, 2, 1}), 0);
  EXPECT_EQ(rank_trust(std::vector<double>{-1, 1}, std::vector<double>{4, 3}), 0);
  const double mixed = rank_trust(old, std::vector<double>{2, 4, 1, 3});
  EXPECT_GT(mixed, 0);
  EXPECT_LT(mixed, 0.6);
  // What the old results called alike says nothing.
  EXPECT_GT(rank_trust(std::vector<double>{0, 0.01, 0.02}, std::vector<double>{3, 2, 1}), 0.85);
}

TEST(Trust, OfAHintGoesByWhatItsOwnResultsBeat) {
  const Space space = cube();
  const ActivePrior hint{.prior = *prior_of_hint(space, {{"x", {0.8, 0.9}}}), .since = 4};
  const auto trust_after = [&](std::initializer_list<std::pair<double, double>> rows) {
    space::History history;
    for (const auto& [x, value] : rows) {
      history.append({.number = static_cast<std::int64_t>(history.size()),
                      .point = {.values = {x, 0.5, 0.5}},
                      .outcome = space::Outcome::kComplete,
                      .values = {value}});
    }
    return trust(hint, space, history.trials());
  };
  EXPECT_EQ(trust_after({{0.1, 1}, {0.2, 2}, {0.3, 3}, {0.4, 4}}), 1);
  EXPECT_EQ(trust_after({{0.1, 1}, {0.2, 2}, {0.3, 3}, {0.4, 4}, {0.85, 9}}), 0);
  EXPECT_EQ(trust_after({{0.1, 1}, {0.2, 2}, {0.3, 3}, {0.4, 4}, {0.85, 0.5}, {0.86, 9}}), 1);
  EXPECT_NEAR(trust_after({{0.1, 1}, {0.2, 2}, {0.3, 3}, {0.4, 4}, {0.85, 1.5}}), 0.75, 1e-12);
  // What was known before it was given is not held against it.
  EXPECT_EQ(trust_after({{0.1, 1}, {0.2, 2}, {0.3, 3}, {0.85, 9}}), 1);
}

ActivePrior warm_prior(const Space& space, const Function& value) {
  space::History history = results(value, 40);
  std::vector<GoodSetting> good;
  std::vector<std::size_t> order(history.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return history.trials()[a].values.front() < history.trials()[b].values.front();
  });
  for (std::size_t i = 0; i < 6; ++i) good.push_back({.values = history.trials()[order[i]].point.values});
  return {.prior = *prior_of_settings(space, good), .old = std::make_shared<const OldStudy>(space, std::move(history))};
}

struct Searched {
  double best = HUGE_VAL;
  std::optional<int> ended;
};

Searched search(const Space& space, std::string_view name, std::vector<ActivePrior> priors, std::uint64_t seed,
                int trials) {
  Searched run;
  space::History history;
  auto sampler = make(name, space, base::Json::object(), {.seed = seed, .priors = priors});
  EXPECT_TRUE(sampler) << name;
  for (int i = 0; i < trials; ++i) {
    if (!priors.empty() && find_contradiction(space, history, priors.front(), 1, seed)) {
      run.ended = i;
      priors.clear();
      sampler = make(name, space, base::Json::object(), {.seed = seed});
    }
    auto asked = (*sampler)->suggest(history, {.seed = seed, .trial = static_cast<std::uint64_t>(i)});
    const double value = bowl(asked.point.values);
    run.best = std::min(run.best, value);
    history.append({.number = i, .point = std::move(asked.point), .origin = asked.origin});
    history.update(i, space::Outcome::kComplete, {value}, {}, 0);
  }
  return run;
}

double mean_log_best(const Space& space, std::string_view name, const std::vector<ActivePrior>& priors, int trials) {
  double sum = 0;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) sum += std::log10(search(space, name, priors, seed, trials).best);
  return sum / 6;
}

TEST(OldStudy, LeadsEverySamplerThatLearnsToGoodResultsSooner) {
  const Space space = cube();
  for (const char* name : {"gp", "tpe", "cmaes", "auto"}) {
    SCOPED_TRACE(name);
    EXPECT_LT(mean_log_best(space, name, {warm_prior(space, bowl)}, 8), mean_log_best(space, name, {}, 8) - 0.3);
  }
}

// Of so few results the prior decides. Where an old study explains most of them, what is left varies little as yet; it is
// not taken for all that there is to find.
TEST(OldStudy, LeavesMoreToFindThanTheFirstResultsShow) {
  const Space space = cube();
  const GpEmbedding embedding(space);
  const space::History history = results(bowl, 4);
  UnitTable table(3);
  table.extend(space, history);
  const std::vector<GpTold> told = objective_rows(history, read_trials(history, 1), 0, 1);
  const auto variance_of = [&](std::vector<GpTrend::Source> olds) {
    GpSurface surface(embedding, GpSurface::Kind::kObjective, 0, std::move(olds));
    surface.learn(table, told, {}, {});
    return surface.model().hyper().log_variance;
  };
  const auto old = std::make_shared<const OldStudy>(space, results(bowl, 40));
  EXPECT_GT(variance_of({{.old = old}}), variance_of({}));
  EXPECT_EQ(variance_of({{.old = std::make_shared<const OldStudy>(space, results(upside_down, 40))}}), variance_of({}))
      << "one that is not borne out changes nothing";
}

TEST(OldStudy, ThatMisleadsIsLeftSoon) {
  const Space space = cube();
  for (const char* name : {"gp", "tpe", "cmaes", "auto"}) {
    SCOPED_TRACE(name);
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
      const Searched run = search(space, name, {warm_prior(space, upside_down)}, seed, 14);
      ASSERT_TRUE(run.ended.has_value()) << seed;
      EXPECT_LE(*run.ended, 10) << seed;
    }
    EXPECT_FALSE(search(space, name, {warm_prior(space, bowl)}, 1, 14).ended.has_value());
  }
}

TEST(OldStudy, LeavesSuggestionsAFunctionOfTheHistory) {
  const Space space = cube();
  const ActivePrior prior = warm_prior(space, bowl);
  for (const char* name : {"gp", "tpe", "cmaes"}) {
    SCOPED_TRACE(name);
    const auto lasting = make(name, space, base::Json::object(), {.seed = 3, .priors = {prior}});
    space::History history;
    for (int i = 0; i < 20; ++i) {
      const base::StreamKey key{.seed = 3, .trial = static_cast<std::uint64_t>(i)};
      auto asked = (*lasting)->suggest(history, key);
      const auto fresh = make(name, space, base::Json::object(), {.seed = 3, .priors = {warm_prior(space, bowl)}});
      EXPECT_EQ((*fresh)->suggest(history, key).point, asked.point) << i;
      const double value = bowl(asked.point.values);
      history.append({.number = i, .point = std::move(asked.point), .origin = asked.origin});
      history.update(i, space::Outcome::kComplete, {value}, {}, 0);
    }
  }
}

}  // namespace
}  // namespace sterlet::samplers
