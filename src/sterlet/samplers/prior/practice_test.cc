// What names tell: where practice expects good values, in which spaces it says nothing, and that results overrule it.

#include "sterlet/samplers/prior/practice.h"

#include <algorithm>
#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "sterlet/samplers/prior/practice_table.h"
#include "sterlet/samplers/prior/steering.h"
#include "sterlet/samplers/registry.h"

namespace sterlet::samplers {
namespace {

using space::Kind;
using space::Parameter;
using space::Scale;
using space::Space;

// Twelve more parameters, of whose names nothing is known: practice speaks of large spaces alone.
Space make_space(std::vector<Parameter> parameters, int more = 12) {
  for (int i = 0; i < more; ++i) parameters.push_back({.name = "x" + std::to_string(i)});
  auto space = Space::make(std::move(parameters), {});
  if (!space) ADD_FAILURE() << space.error().front().error.message();
  return std::move(*space);
}

Parameter rate(std::string name, double low = 1e-5, double high = 1) {
  return {.name = std::move(name), .low = low, .high = high, .scale = Scale::kLog};
}

// ln of how much more densely than evenly practice expects good settings at one value of one parameter alone.
double expected_at(const Space& space, std::size_t dimension, double value) {
  const auto practice = prior_of_practice(space, 1);
  if (!practice) return 0;
  std::vector<double> unit(space.dimensions().size(), std::nan(""));
  unit[dimension] = space.axis(dimension).unit(value);
  return practice->prior.log_density(unit.data());
}

TEST(Practice, ExpectsALearningRateInTheMiddleOfItsOrders) {
  const Space space = make_space({rate("learning_rate"), {.name = "momentum", .low = 0, .high = 0.99}});
  EXPECT_GT(expected_at(space, 0, 0.01), expected_at(space, 0, 1e-5));
  EXPECT_GT(expected_at(space, 0, 0.01), expected_at(space, 0, 1));
  EXPECT_GT(expected_at(space, 1, 0.9), expected_at(space, 1, 0.1));
}

TEST(Practice, TakesNamesInAnySpelling) {
  for (const char* name : {"learning_rate", "learningRate", "optim_lr", "lr", "LR", "base_learning_rate"}) {
    const Space space = make_space({rate(name), {.name = "hidden_units", .kind = Kind::kInt, .low = 8, .high = 64}});
    EXPECT_GT(expected_at(space, 0, 0.01), expected_at(space, 0, 1e-5) + 0.5) << name;
  }
}

TEST(Practice, SaysNothingOfNamesThatMeanSomethingElse) {
  for (const char* name :
       {"learning_rate_decay", "lr_factor", "warmup_lr", "x", "temperature", "rate_of_return", "colour", "elr"}) {
    const Space space = make_space({rate(name)});
    EXPECT_FALSE(prior_of_practice(space, 1)) << name;
  }
}

TEST(Practice, LikesSomeChoicesInAnySpelling) {
  const auto liked = [](const char* name) {
    const Space space = make_space(
        {{.name = "activation", .kind = Kind::kCategorical, .choices = {std::string(name), std::string("other")}}});
    return expected_at(space, 0, 0) - expected_at(space, 0, 1);
  };
  EXPECT_GT(liked("relu"), 0.2);
  EXPECT_EQ(liked("ReLU"), liked("relu"));
  EXPECT_EQ(liked("unknown"), 0);
}

TEST(Practice, SaysNothingWhereSettingsHaveFewDimensions) {
  const auto of = [](int more) { return prior_of_practice(make_space({rate("learning_rate")}, more), 1); };
  EXPECT_FALSE(of(6));
  ASSERT_TRUE(of(8));
  ASSERT_TRUE(of(11));
  EXPECT_LT(of(8)->weight, of(9)->weight);
  EXPECT_EQ(of(11)->weight, 1);
  EXPECT_EQ(of(30)->weight, 1);
  // A dimension counts as far as it is there.
  Parameter choice{.name = "c", .kind = Kind::kCategorical, .choices = {"a", "b"}};
  std::vector<Parameter> parameters{rate("learning_rate"), choice};
  for (int i = 0; i < 12; ++i)
    parameters.push_back({.name = "y" + std::to_string(i), .when = i % 2 == 0 ? "c == \"a\"" : "c == \"b\""});
  EXPECT_LT(prior_of_practice(make_space(parameters, 0), 1)->weight, 0.5);
}

TEST(Practice, ExpectsOtherRatesOfBoostingThanOfNetworks) {
  const Space boosting =
      make_space({rate("learning_rate"), {.name = "num_leaves", .kind = Kind::kInt, .low = 2, .high = 200}});
  const Space network =
      make_space({rate("learning_rate"), {.name = "batch_size", .kind = Kind::kInt, .low = 8, .high = 512}});
  const double more_of_boosting = expected_at(boosting, 0, 0.2) - expected_at(boosting, 0, 0.002);
  const double more_of_networks = expected_at(network, 0, 0.2) - expected_at(network, 0, 0.002);
  EXPECT_GT(more_of_boosting, more_of_networks + 0.2);
}

// Families of models: each has the words of its own condition.
TEST(Practice, TellsFamiliesApartByTheirConditions) {
  Parameter family{.name = "family", .kind = Kind::kCategorical, .choices = {"boosting", "support", "other"}};
  Parameter depth{.name = "max_depth", .kind = Kind::kInt, .low = 1, .high = 20, .when = "family == \"boosting\""};
  Parameter gamma = rate("gamma");
  gamma.when = "family == \"support\"";
  Parameter same = rate("gamma_2");
  same.when = "family == \"other\"";
  const Space space = make_space({family, depth, gamma, same});
  EXPECT_GT(expected_at(space, 1, 5), expected_at(space, 1, 19));
  EXPECT_GT(expected_at(space, 2, 0.01), expected_at(space, 2, 1));
}

TEST(Practice, LeavesRangesAloneThatDoNotMeetTheUsualOne) {
  EXPECT_FALSE(prior_of_practice(make_space({rate("learning_rate", 10, 1000)}), 1));
  EXPECT_FALSE(prior_of_practice(make_space({rate("learning_rate", 5e-3, 2e-2)}), 1));  // All of it is usual.
  EXPECT_FALSE(prior_of_practice(make_space({{.name = "momentum", .low = 0.9, .high = 0.9}}), 1));
  EXPECT_FALSE(prior_of_practice(make_space({{.name = "layers", .kind = Kind::kInt, .low = 1, .high = 3}}), 1));
}

TEST(Practice, KnowsValuesInStepsAndZero) {
  const Space space = make_space({{.name = "dropout", .low = 0, .high = 0.9, .step = 0.2},
                                  {.name = "weight_decay", .low = 1e-8, .high = 1, .scale = Scale::kLog, .zero = 0.2},
                                  {.name = "batch_size", .kind = Kind::kInt, .low = 1, .high = 1001, .step = 100}});
  EXPECT_GT(expected_at(space, 0, 0.2), expected_at(space, 0, 0.8) + 0.5);
  EXPECT_GT(expected_at(space, 1, 1e-4), expected_at(space, 1, 1) + 0.2);
  EXPECT_EQ(expected_at(space, 2, 1), expected_at(space, 2, 1001));  // 1, 101, ...: none is usual.
}

TEST(Practice, EveryRowSaysSomethingAndIsReached) {
  for (const UsualRange& row : usual_ranges()) {
    ASSERT_TRUE(row.low < row.high || row.is_upper_third()) << row.words;
    std::string name(row.words.substr(row.words.starts_with('=') ? 1 : 0));
    std::replace(name.begin(), name.end(), ' ', '_');
    const double low = row.is_upper_third() ? 1 : row.low, high = row.is_upper_third() ? 100 : row.high;
    std::vector<Parameter> parameters{
        {.name = name, .low = low - 10 * (high - low), .high = high + 10 * (high - low), .scale = Scale::kLinear}};
    for (const ModelCue& cue : model_cues()) {
      if (cue.model != row.model) continue;
      std::string beside(cue.words.substr(cue.words.starts_with('=') ? 1 : 0));
      std::replace(beside.begin(), beside.end(), ' ', '_');
      if (beside != name) {
        parameters.push_back({.name = beside, .kind = Kind::kCategorical, .choices = {"a", "b"}});
        break;
      }
    }
    const Space space = make_space(std::move(parameters));
    const double middle = row.is_upper_third() ? space.axis(0).value(0.85) : (row.low + row.high) / 2;
    const double away = row.is_upper_third() ? space.axis(0).value(0) : low - 10 * (high - low);
    EXPECT_GT(expected_at(space, 0, middle), expected_at(space, 0, away) + 0.5)
        << row.words << " of " << text_of(row.model);
  }
}

// 40 settings whose results are the worse the more practice likes them.
space::History history_against(const Space& space, const Prior& prior, double sign) {
  space::History history;
  for (std::int64_t i = 0; i < 40; ++i) {
    history.append({.number = i, .point = space.draw({.seed = 11, .trial = static_cast<std::uint64_t>(i)})});
    const std::vector<double> unit = space.to_unit(history.trials().back().point);
    history.update(i, space::Outcome::kComplete, {sign * prior.log_density(unit.data())}, {}, 0);
  }
  return history;
}

TEST(Practice, IsOverruledByResults) {
  const Space space = make_space({rate("learning_rate"), {.name = "momentum", .low = 0, .high = 0.99}});
  const auto practice = prior_of_practice(space, 1);
  ASSERT_TRUE(practice);
  const Steering steering({*practice});
  EXPECT_TRUE(steering.pull(space, history_against(space, practice->prior, -1), 40).is_any());
  EXPECT_FALSE(steering.pull(space, history_against(space, practice->prior, 1), 40).is_any());
}

std::vector<double> suggestions(const char* sampler, const base::Json& options, const Space& space) {
  const auto made = make(sampler, space, options, {.seed = 5, .trial_budget = 60});
  EXPECT_TRUE(made);
  space::History history;
  std::vector<double> all;
  for (std::int64_t i = 0; i < 30; ++i) {
    const Suggestion suggestion = (*made)->suggest(history, {.seed = 5, .trial = static_cast<std::uint64_t>(i)});
    history.append({.number = i, .point = suggestion.point, .origin = suggestion.origin});
    const double at = space.to_unit(suggestion.point)[0];
    history.update(i, space::Outcome::kComplete, {(at - 0.6) * (at - 0.6)}, {}, 0);
    all.insert(all.end(), suggestion.point.values.begin(), suggestion.point.values.end());
  }
  return all;
}

TEST(Practice, IsAsIfItWereNotWhereItIsTurnedOffOrKnowsNothing) {
  const Space named = make_space({rate("learning_rate"), {.name = "momentum", .low = 0, .high = 0.99}});
  const Space plain = make_space({rate("a"), {.name = "b", .low = 0, .high = 0.99}});
  const auto off = suggestions("auto", {{"practice", 0}}, named);
  EXPECT_EQ(off, suggestions("gp", base::Json::object(), named));
  EXPECT_EQ(suggestions("auto", base::Json::object(), plain), off);
  EXPECT_NE(suggestions("auto", base::Json::object(), named), off);
}

}  // namespace
}  // namespace sterlet::samplers
