#include "sterlet/analysis/response_model.h"

#include <cmath>

#include <gtest/gtest.h>

#include "sterlet/base/rng.h"

namespace sterlet::analysis {
namespace {

using Measure = ResponseModel::Measure;

// 60 rows of `width` columns that add up, each a bowl; `of` is what becomes of the sum.
template <typename Of>
ProcessInput rows_of(std::uint64_t seed, std::size_t width, Of of) {
  base::RandomStream stream({.seed = seed, .stream = base::Stream::kPractice});
  ProcessInput input{.ordered = std::vector<std::vector<double>>(width)};
  for (int i = 0; i < 60; ++i) {
    double sum = 0;
    for (auto& column : input.ordered) {
      column.push_back(stream.uniform());
      sum += (column.back() - 0.4) * (column.back() - 0.4);
    }
    input.results.push_back(of(sum));
  }
  return input;
}

double as_it_is(double sum) { return sum; }
double falls_by_factors(double sum) { return std::exp(6 * sum); }
double has_a_floor(double sum) { return std::log(0.02 + sum); }

TEST(ResponseModel, KnowsInWhichMeasureTheColumnsAddUp) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const auto evidence = [&](const ProcessInput& input, Measure measure) {
      const auto model = ResponseModel::fit(input, {.measure = measure});
      EXPECT_TRUE(model.has_value()) << seed;
      return model ? model->log_evidence() : 0;
    };
    const ProcessInput even = rows_of(seed, 3, as_it_is), factors = rows_of(seed, 3, falls_by_factors),
                       floor = rows_of(seed, 3, has_a_floor);
    EXPECT_GT(evidence(even, Measure::kEven), evidence(even, Measure::kBest)) << seed;
    EXPECT_GT(evidence(factors, Measure::kGood), evidence(factors, Measure::kEven)) << seed;
    EXPECT_GT(evidence(floor, Measure::kWorst), evidence(floor, Measure::kBest)) << seed;
  }
}

// Of eight columns a process of all of them together knows next to nothing from 60 rows.
TEST(ResponseModel, ForetellsManyColumnsThatActOnTheirOwn) {
  const ProcessInput input = rows_of(7, 8, as_it_is);
  const auto model = ResponseModel::fit(input, {});
  ASSERT_TRUE(model.has_value());
  EXPECT_LT(model->noise(), 0.05);
  for (std::size_t column = 0; column < 8; ++column) {
    const auto profile = model->profile({std::vector<double>(8, 0.5)}, column, {0, 0.4, 1});
    EXPECT_LT(profile.mean[1], profile.mean[0]);
    EXPECT_NEAR((profile.mean[2] - profile.mean[1]) / (profile.mean[0] - profile.mean[1]), 0.36 / 0.16, 0.5) << column;
    for (std::size_t i = 0; i < 3; ++i) EXPECT_LT(std::sqrt(std::fabs(profile.covariance[i * 4])), 0.2);
  }
}

TEST(ResponseModel, ChoicesCountByWhetherTheyDiffer) {
  ProcessInput input = rows_of(3, 2, as_it_is);
  input.unordered.resize(1);
  for (std::size_t row = 0; row < 60; ++row) {
    input.unordered[0].push_back(static_cast<double>(row % 3));
    if (row % 3 == 1) input.results[row] += 1;
  }
  const auto model = ResponseModel::fit(input, {});
  ASSERT_TRUE(model.has_value());
  EXPECT_GT(model->profile({{0.5, 0.5, 1}}, 0, {0.5}).mean[0], model->profile({{0.5, 0.5, 2}}, 0, {0.5}).mean[0] + 1);
}

TEST(ResponseModels, WeighWhatTheResultsSay) {
  const ResponseModels models = ResponseModels::fit(rows_of(2, 3, falls_by_factors));
  ASSERT_FALSE(models.models.empty());
  ASSERT_EQ(models.models.size(), models.weights.size());
  double sum = 0;
  for (const double weight : models.weights) sum += weight;
  EXPECT_NEAR(sum, 1, 1e-9);
}

TEST(ResponseModels, OfTooFewRowsEqualResultsOrNoColumnsAreNone) {
  EXPECT_TRUE(ResponseModels::fit({}).models.empty());
  EXPECT_TRUE(ResponseModels::fit({.ordered = {{0, 1}}, .results = {1, 2}}).models.empty());
  const std::vector<double> places(20, 0.5);
  EXPECT_TRUE(ResponseModels::fit({.ordered = {places}, .results = std::vector<double>(20, 3)}).models.empty());
  EXPECT_TRUE(ResponseModels::fit({.results = {1, 2, 3, 4, 5, 6, 7, 8, 9}}).models.empty());
  std::vector<double> results(20, 1e300);
  results[3] = -1e300;
  ResponseModels::fit({.ordered = {places}, .results = results});  // No crash.
}

}  // namespace
}  // namespace sterlet::analysis
