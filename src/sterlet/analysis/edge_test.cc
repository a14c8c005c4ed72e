#include "sterlet/analysis/edge.h"

#include <cmath>

#include <gtest/gtest.h>

#include "sterlet/analysis/known_functions.h"

namespace sterlet::analysis {
namespace {

// 60 trials of three coordinates around an optimum, the first coordinate's at `place`, the others' inside.
struct Study {
  ProcessInput input;
  std::optional<SmoothProcess> process;
  ResponseModels models;

  Study(std::uint64_t seed, double place, double noise = 0) {
    base::RandomStream stream({.seed = seed, .stream = base::Stream::kPractice});
    std::array<double, 3> optimum = {place, 0.2 + 0.6 * stream.uniform(), 0.2 + 0.6 * stream.uniform()};
    input.ordered.resize(3);
    for (int i = 0; i < 60; ++i) {
      double result = 0;
      for (std::size_t j = 0; j < 3; ++j) {
        const double x = stream.uniform();
        input.ordered[j].push_back(x);
        result += (x - optimum[j]) * (x - optimum[j]);
      }
      input.results.push_back(result + noise * stream.normal());
    }
    process = SmoothProcess::fit(input);
    models = ResponseModels::fit(input);
  }

  std::optional<Edge> edge(std::size_t column) const { return find_edge(models, input, column, 0, 1); }
};

TEST(Edge, ThatIsPlantedIsFoundInEveryStudy) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const bool is_high = seed % 2 == 0;
    const Study study(seed, is_high ? 1.1 : -0.1);
    ASSERT_TRUE(study.process.has_value());
    const auto edge = study.edge(0);
    ASSERT_TRUE(edge.has_value()) << seed;
    EXPECT_EQ(edge->is_high, is_high);
    EXPECT_GT(edge->gain, 0);
  }
}

TEST(Edge, IsNotInventedWhereTheOptimumLiesInside) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const Study study(seed, 0.2 + 0.006 * static_cast<double>(seed));
    for (std::size_t j = 0; j < 3; ++j) EXPECT_FALSE(study.edge(j).has_value()) << seed << " " << j;
  }
}

// Noise of a tenth of the results' spread, and three tenths: of 100 edges nearly all are found, and next to none is
// invented.
TEST(Edge, IsFoundInNoiseToo) {
  struct Case {
    double noise, place;
    int found_min, invented_max;  // Of 100 edges, and of 200 other columns.
  };
  for (const Case& each :
       {Case{0.02, 1.1, 99, 1}, Case{0.04, 1.1, 97, 2}, Case{0.04, 1.0, 92, 2}, Case{0.06, 1.1, 92, 5}}) {
    int found = 0, invented = 0;
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
      const bool is_high = seed % 2 == 0;
      const Study study(seed, is_high ? each.place : 1 - each.place, each.noise);
      const auto edge = study.edge(0);
      found += edge && edge->is_high == is_high ? 1 : 0;
      for (std::size_t j = 1; j < 3; ++j) invented += study.edge(j) ? 1 : 0;
    }
    EXPECT_GE(found, each.found_min) << each.noise << " " << each.place;
    EXPECT_LE(invented, each.invented_max) << each.noise << " " << each.place;
  }
}

// What lies a tenth of the range inside looks like an edge the more, the more noise there is.
TEST(Edge, IsSeldomNamedATenthOfTheRangeInside) {
  struct Case {
    double noise;
    int named_max;  // Of 100.
  };
  for (const Case& each : {Case{0, 0}, Case{0.01, 30}, Case{0.02, 52}}) {
    int named = 0;
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
      named += Study(seed, seed % 2 == 0 ? 0.9 : 0.1, each.noise).edge(0) ? 1 : 0;
    }
    EXPECT_LE(named, each.named_max) << each.noise;
  }
}

// A search that has found the edge has hardly a trial in the middle of the range.
TEST(Edge, IsFoundWhereNearlyAllTrialsLieAtIt) {
  ProcessInput input{.ordered = {{0.00, 0.01, 0.00, 0.02, 0.01, 0.01, 0.00, 0.03, 0.02, 0.01, 0.04, 0.01,
                                  0.06, 0.02, 0.01, 0.16, 0.27, 0.43, 0.54, 0.62, 0.65, 0.79, 0.92, 0.98},
                                 {0.51, 0.46, 0.55, 0.48, 0.40, 0.60, 0.52, 0.47, 0.35, 0.58, 0.49, 0.44,
                                  0.66, 0.50, 0.53, 0.90, 0.12, 0.33, 0.75, 0.05, 0.61, 0.28, 0.83, 0.47}}};
  for (std::size_t i = 0; i < input.ordered[0].size(); ++i) {
    const double x = input.ordered[0][i], y = input.ordered[1][i] - 0.5;
    input.results.push_back(x + y * y);
  }
  const auto models = ResponseModels::fit(input);
  ASSERT_FALSE(models.models.empty());
  const auto edge = find_edge(models, input, 0, 0, 1);
  ASSERT_TRUE(edge.has_value());
  EXPECT_FALSE(edge->is_high);
  EXPECT_GT(edge->confidence, 0.8);
  EXPECT_FALSE(find_edge(models, input, 1, 0, 1).has_value());
}

TEST(SmoothProcess, OfTooFewOrEqualResultsIsNone) {
  EXPECT_FALSE(SmoothProcess::fit({.ordered = {{0, 1}}, .results = {1, 2}}).has_value());
  EXPECT_FALSE(SmoothProcess::fit({.ordered = {std::vector<double>(20, 0.5)}, .results = std::vector<double>(20, 3)})
                   .has_value());
}

TEST(SmoothProcess, PredictsAProfileWithItsUncertainty) {
  const Study study(3, 0.5);
  const auto profile = study.process->profile({{0.5, 0.5, 0.5}}, 0, {0.1, 0.5, 0.9});
  EXPECT_NEAR(profile.mean[1] - profile.mean[0], -0.16, 0.03);
  EXPECT_NEAR(profile.mean[1] - profile.mean[2], -0.16, 0.03);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_LT(std::sqrt(std::max(0.0, profile.covariance[i * 4])), 0.02);
    for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(profile.covariance[i * 3 + k], profile.covariance[k * 3 + i], 1e-9);
  }
}

TEST(SmoothProcess, FitsToTheBestHalfAndOthersWhereThereAreMany) {
  std::vector<double> results(1000);
  for (std::size_t i = 0; i < results.size(); ++i) results[i] = static_cast<double>((i * 7919) % 1000);
  const auto rows = rows_to_fit(results);
  ASSERT_EQ(rows.size(), SmoothProcess::kRowsMax);
  for (std::size_t i = 0; i < 50; ++i) EXPECT_EQ(results[rows[i]], static_cast<double>(i));
}

}  // namespace
}  // namespace sterlet::analysis
