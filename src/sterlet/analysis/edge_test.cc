#include "sterlet/analysis/edge.h"

#include <gtest/gtest.h>

#include "sterlet/analysis/known_functions.h"

namespace sterlet::analysis {
namespace {

// 60 trials of three coordinates around an optimum, the first coordinate's at `place`, the others' inside.
struct Study {
  ProcessInput input;
  std::optional<SmoothProcess> process;

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
  }

  std::optional<Edge> edge(std::size_t column) const { return find_edge(*process, input, column, 0, 1); }
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

// A tenth of the results' spread as noise: of 100 edges nine in ten are found, and next to none is invented.
TEST(Edge, IsFoundInNoiseToo) {
  int found = 0, invented = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const bool is_high = seed % 2 == 0;
    const Study study(seed, is_high ? 1.1 : -0.1, 0.04);
    const auto edge = study.edge(0);
    found += edge && edge->is_high == is_high ? 1 : 0;
    for (std::size_t j = 1; j < 3; ++j) invented += study.edge(j) ? 1 : 0;
  }
  EXPECT_GE(found, 90);
  EXPECT_LE(invented, 2);
}

TEST(SmoothProcess, OfTooFewOrEqualResultsIsNone) {
  EXPECT_FALSE(SmoothProcess::fit({.ordered = {{0, 1}}, .results = {1, 2}}).has_value());
  EXPECT_FALSE(SmoothProcess::fit({.ordered = {std::vector<double>(20, 0.5)}, .results = std::vector<double>(20, 3)})
                   .has_value());
}

TEST(SmoothProcess, PredictsAContrastWithItsUncertainty) {
  const Study study(3, 0.5);
  const auto near = study.process->contrast({{0.5, 0.5, 0.5}}, 0, 0.1, 0.5);
  EXPECT_NEAR(near.mean, -0.16, 0.03);
  EXPECT_LT(near.sd, 0.02);
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
