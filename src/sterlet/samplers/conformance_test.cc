// What every sampler promises, asked of every row of the registry in every space below.

#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sterlet/samplers/registry.h"

namespace sterlet::samplers {
namespace {

using space::History;
using space::Kind;
using space::Outcome;
using space::Parameter;
using space::Point;
using space::Scalar;
using space::Scale;
using space::Space;

constexpr std::uint64_t kSeed = 41;

struct Case {
  std::string name;
  Space space;
};

Space make_space(std::vector<Parameter> parameters, const std::vector<std::string>& constraints = {}) {
  auto space = Space::make(std::move(parameters), constraints);
  if (!space) ADD_FAILURE() << space.error().front().error.message();
  return std::move(*space);
}

std::vector<Scalar> texts(const std::vector<std::string>& names) { return {names.begin(), names.end()}; }

std::vector<Parameter> many(std::size_t count) {
  std::vector<Parameter> parameters;
  for (std::size_t i = 0; i < count; ++i) {
    parameters.push_back({.name = fmt::format("x{}", i), .tier = static_cast<int>(i % 4) + 1});
  }
  return parameters;
}

std::vector<Case> cases() {
  using enum Kind;
  std::vector<Case> list;
  list.push_back({"mixed", make_space({{.name = "rate", .low = 1e-5, .high = 1, .scale = Scale::kLog},
                                       {.name = "beta", .low = 0.9, .high = 0.999, .scale = Scale::kReverseLog},
                                       {.name = "units", .kind = kInt, .low = 8, .high = 512, .scale = Scale::kLog},
                                       {.name = "drop", .low = 0, .high = 0.5, .step = 0.1},
                                       {.name = "act", .kind = kCategorical, .choices = texts({"relu", "tanh"})},
                                       {.name = "batch", .kind = kOrdinal, .choices = {16.0, 32.0, 64.0}}})});
  list.push_back(
      {"conditions",
       make_space({{.name = "opt", .kind = kCategorical, .choices = texts({"sgd", "adam"})},
                   {.name = "momentum", .when = "opt == \"sgd\""},
                   {.name = "nesterov", .kind = kCategorical, .choices = {true, false}, .when = "momentum > 0.5"},
                   {.name = "damp", .when = "nesterov"},
                   {.name = "deep", .when = "damp > 0.5"},
                   {.name = "layers", .kind = kInt, .low = 0, .high = 3},
                   {.name = "units", .kind = kInt, .low = 1, .high = 64, .scale = Scale::kLog, .repeat = "layers"}})});
  list.push_back({"constraints", make_space({{.name = "a", .kind = kInt, .low = 1, .high = 20},
                                             {.name = "b", .kind = kInt, .low = 1, .high = 20},
                                             {.name = "c"}},
                                            {"a * b <= 60", "a > b || c < 0.5"})});
  list.push_back({"tight", make_space({{.name = "x"}, {.name = "y"}},  // 1e-4 of the square.
                                      {"abs(x - 0.42) <= 0.006 && abs(y - 0.61) <= 0.006"})});
  list.push_back({"single", make_space({{.name = "a", .kind = kCategorical, .choices = texts({"only"})},
                                        {.name = "b", .kind = kInt, .low = 3, .high = 3},
                                        {.name = "c", .low = 0.5, .high = 0.5}})});
  list.push_back({"categories", make_space({{.name = "a", .kind = kCategorical, .choices = texts({"x", "y", "z"})},
                                            {.name = "b", .kind = kCategorical, .choices = {true, false}}})});
  list.push_back({"200 dimensions", make_space(many(200))});
  return list;
}

// A sampler of each row for each space; a refusal must say with a number what is too much.
template <typename Body>
void for_each_sampler(Body body) {
  for (const Case& one : cases()) {
    for (const Row& row : registry()) {
      SCOPED_TRACE(fmt::format("sampler {}, space '{}', seed {}", row.name, one.name, kSeed));
      const auto sampler = make(row.name, one.space, base::Json::object(), {.seed = kSeed});
      if (!sampler) {
        EXPECT_NE(sampler.error().what.find_first_of("0123456789"), std::string::npos) << sampler.error().message();
        EXPECT_FALSE(sampler.error().next.empty());
        continue;
      }
      body(row, one.space, **sampler);
    }
  }
}

base::StreamKey key_of(const History& history) { return {.seed = kSeed, .trial = history.size()}; }

void append(History& history, const Suggestion& suggestion) {
  history.append(
      {.number = static_cast<std::int64_t>(history.size()), .point = suggestion.point, .origin = suggestion.origin});
}

// The bounds, kinds, conditions and constraints are checked by reading the point back.
void expect_valid(const Space& space, const Suggestion& suggestion) {
  const auto back = space.from_json(space.to_json(suggestion.point));
  ASSERT_TRUE(back) << back.error().message();
  EXPECT_EQ(*back, suggestion.point);
  EXPECT_TRUE(space.satisfies_constraints(suggestion.point));
  EXPECT_EQ(space.from_text(Space::text_of(suggestion.point)), suggestion.point);
}

enum class Told { kAlternating, kAllFailed, kAllNaN, kAllPending, kAllEqual };

void tell(History& history, Told told) {
  const auto number = static_cast<std::int64_t>(history.size()) - 1;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  switch (told) {
    case Told::kAlternating:
      if (number % 4 == 0) history.update(number, Outcome::kComplete, {0.1 * static_cast<double>(number)}, {}, 3);
      if (number % 4 == 1) history.update(number, Outcome::kFailed, {}, {}, 0);
      if (number % 4 == 2) history.update(number, Outcome::kPruned, {1.0}, {}, 1);
      break;
    case Told::kAllFailed:
      history.update(number, Outcome::kFailed, {}, {}, 0);
      break;
    case Told::kAllNaN:
      history.update(number, Outcome::kFailed, {nan}, {}, 0);
      break;
    case Told::kAllPending:
      break;
    case Told::kAllEqual:
      history.update(number, Outcome::kComplete, {1.0}, {}, 0);
      break;
  }
}

TEST(Conformance, EverySuggestionIsAValidPoint) {
  for_each_sampler([](const Row&, const Space& space, const Sampler& sampler) {
    for (const Told told : {Told::kAlternating, Told::kAllFailed, Told::kAllNaN, Told::kAllPending, Told::kAllEqual}) {
      SCOPED_TRACE(fmt::format("history {}", static_cast<int>(told)));
      History history;
      for (int i = 0; i < 20; ++i) {
        const Suggestion suggestion = sampler.suggest(history, key_of(history));
        expect_valid(space, suggestion);
        append(history, suggestion);
        tell(history, told);
      }
    }
  });
}

TEST(Conformance, LaterAttemptsAreValidToo) {
  for_each_sampler([](const Row&, const Space& space, const Sampler& sampler) {
    for (const std::uint32_t attempt : {1u, 2u, 15u, 65535u}) {
      base::StreamKey key{.seed = kSeed, .trial = 3};
      key.attempt = attempt;
      expect_valid(space, sampler.suggest({}, key));
    }
  });
}

TEST(Conformance, EqualKeysAndHistoriesGiveEqualPoints) {
  for_each_sampler([](const Row& row, const Space& space, const Sampler& sampler) {
    History history;
    for (int i = 0; i < 12; ++i) {
      const auto fresh = make(row.name, space, base::Json::object(), {.seed = kSeed});
      ASSERT_TRUE(fresh);
      const History copy = history;
      const Suggestion first = sampler.suggest(history, key_of(history));
      EXPECT_EQ(sampler.suggest(history, key_of(history)).point, first.point) << "asked twice, trial " << i;
      EXPECT_EQ(sampler.suggest(copy, key_of(copy)).point, first.point) << "asked with a copy, trial " << i;
      EXPECT_EQ((*fresh)->suggest(copy, key_of(copy)).point, first.point) << "asked after a restart, trial " << i;
      EXPECT_EQ((*fresh)->suggest(copy, key_of(copy)).origin, first.origin);
      append(history, first);
      tell(history, Told::kAlternating);
    }
  });
}

// The point without its last dimension, on which no other depends: as of a trial from before it was added to the study.
Point without_last(const Space& space, Point point) {
  const std::size_t last = space.dimensions()[space.evaluation_order().back()].parameter;
  for (std::size_t i = 0; i < point.values.size(); ++i) {
    if (space.dimensions()[i].parameter == last) point.values[i] = std::numeric_limits<double>::quiet_NaN();
  }
  return point;
}

// What a study knows of its earlier versions: trials outside the present space, of which no dimension has a value;
// trials that lack a parameter; and those that another sampler chose.
History history_of_versions(const Space& space) {
  using space::Origin;
  History history;
  for (std::int64_t number = 0; number < 40; ++number) {
    Point point = space.draw({.seed = kSeed + 1, .trial = static_cast<std::uint64_t>(number)});
    const bool is_outside = number % 5 == 1;
    if (number % 5 == 2) point = without_last(space, std::move(point));
    if (is_outside) point.values.assign(point.values.size(), std::numeric_limits<double>::quiet_NaN());
    constexpr std::array kOrigins{Origin::kModel, Origin::kSobol, Origin::kGrid, Origin::kZoom};
    const Origin origin = number < 20 ? Origin::kAdded : kOrigins[static_cast<std::size_t>(number % 4)];
    history.append({.number = number, .point = std::move(point), .origin = is_outside ? Origin::kAdded : origin});
    if (is_outside) {
      history.update(number, Outcome::kVoid, {}, {}, 3);
    } else {
      tell(history, Told::kAlternating);
    }
    if (number % 7 == 0 && !is_outside)
      history.update(number, Outcome::kComplete, {0.01 * static_cast<double>(number)}, {}, 3);
  }
  return history;
}

TEST(Conformance, HistoriesThatSpanVersionsOfAStudyAreLearnedFrom) {
  for_each_sampler([](const Row& row, const Space& space, const Sampler& sampler) {
    History history = history_of_versions(space);
    for (int i = 0; i < 12; ++i) {
      const auto fresh = make(row.name, space, base::Json::object(), {.seed = kSeed});
      ASSERT_TRUE(fresh);
      const Suggestion suggestion = sampler.suggest(history, key_of(history));
      expect_valid(space, suggestion);
      EXPECT_EQ((*fresh)->suggest(history, key_of(history)).point, suggestion.point) << "after a restart, trial " << i;
      append(history, suggestion);
      tell(history, Told::kAlternating);
    }
  });
}

// The space handed to make() may be gone afterwards.
TEST(Conformance, OutlivesTheSpaceItWasMadeFrom) {
  for (const Row& row : registry()) {
    std::unique_ptr<Sampler> sampler;
    {
      const Space space =
          make_space({{.name = "a", .kind = Kind::kInt, .low = 1, .high = 4}, {.name = "b", .when = "a > 2"}},
                     {"a < 4 || b > 0.5"});
      auto made = make(row.name, space, base::Json::object(), {.seed = kSeed});
      ASSERT_TRUE(made) << made.error().message();
      sampler = std::move(*made);
    }
    for (std::uint64_t trial = 0; trial < 10; ++trial) {
      EXPECT_EQ(sampler->suggest({}, {.seed = kSeed, .trial = trial}).point.values.size(), 2u) << row.name;
    }
  }
}

TEST(Conformance, RowsCarryWhatHelpNeeds) {
  for (const Row& row : registry()) {
    EXPECT_FALSE(row.summary.empty()) << row.name;
    EXPECT_EQ(find(row.name), &row);
    for (const base::Option& option : row.options) {
      EXPECT_FALSE(option.summary.empty()) << row.name << " " << option.name;
      EXPECT_LE(option.low, option.default_value.get<double>()) << row.name << " " << option.name;
      EXPECT_GE(option.high, option.default_value.get<double>()) << row.name << " " << option.name;
    }
  }
}

TEST(Conformance, OptionsOutOfRangeAndUnknownOnesAreRefused) {
  const Space space = make_space({{.name = "x"}});
  for (const Row& row : registry()) {
    const auto refused = [&](const base::Json& options) { return !make(row.name, space, options, {.seed = kSeed}); };
    EXPECT_TRUE(refused({{"no_such_option", 1}})) << row.name;
    EXPECT_TRUE(refused(nullptr)) << row.name;
    EXPECT_TRUE(refused(base::Json::array({1}))) << row.name;
    EXPECT_TRUE(refused("text")) << row.name;
    for (const base::Option& option : row.options) {
      EXPECT_FALSE(refused({{option.name, option.default_value}})) << row.name << " " << option.name;
      EXPECT_TRUE(refused({{option.name, option.low - 1}})) << row.name << " " << option.name;
      EXPECT_TRUE(refused({{option.name, option.high + 1}})) << row.name << " " << option.name;
      EXPECT_TRUE(refused({{option.name, "text"}})) << row.name << " " << option.name;
      EXPECT_TRUE(refused({{option.name, nullptr}})) << row.name << " " << option.name;
    }
  }
}

TEST(Registry, AnUnknownSamplerGetsTheNearestName) {
  const Space space = make_space({{.name = "x"}});
  const auto wrong = make("sobel", space, base::Json::object(), {});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().message(), "unknown sampler 'sobel'; did you mean 'sobol'?");
  EXPECT_EQ(find("sobel"), nullptr);
}

}  // namespace
}  // namespace sterlet::samplers
