// The Gaussian process against scikit-learn, mpmath and finite differences.

#include "sterlet/samplers/gp/model.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <memory>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sterlet/base/rng.h"
#include "sterlet/base/text.h"
#include "sterlet/samplers/gp/acquisition.h"
#include "sterlet/samplers/gp/fit.h"
#include "sterlet/samplers/gp/transform.h"
#include "sterlet/samplers/gp/volume.h"

namespace sterlet::samplers {
namespace {

using space::Kind;
using space::Parameter;
using space::Space;

constexpr std::uint64_t kSeed = 23;

Space box(std::size_t d) {
  std::vector<Parameter> parameters;
  for (std::size_t j = 0; j < d; ++j) parameters.push_back({.name = fmt::format("x{}", j)});
  return *Space::make(std::move(parameters), {});
}

// All kinds of dimension: plain, whole, choices, and conditional ones of both sorts.
Space tree() {
  return *Space::make(
      {{.name = "x"},
       {.name = "n", .kind = Kind::kInt, .low = 1, .high = 5},
       {.name = "opt", .kind = Kind::kCategorical, .choices = {std::string("a"), std::string("b"), std::string("c")}},
       {.name = "momentum", .when = "opt == \"a\""},
       {.name = "mode", .kind = Kind::kCategorical, .choices = {true, false}, .when = "opt != \"a\""}},
      {});
}

GpRows draw_rows(const Space& space, std::size_t count, std::uint64_t seed = kSeed) {
  GpRows rows{.dimensions = space.dimensions().size()};
  for (std::uint64_t i = 0; i < count; ++i) rows.append(space.to_unit(space.draw({.seed = seed, .trial = i})));
  return rows;
}

std::vector<double> values_of(const GpRows& rows) {
  std::vector<double> values;
  for (std::size_t i = 0; i < rows.count(); ++i) {
    double sum = 0;
    for (const double u : rows.row(i)) sum += std::isnan(u) ? 0.3 : std::sin(4 * u) + u * u;
    values.push_back(sum);
  }
  return values;
}

GpHyper some_hyper(const GpEmbedding& embedding, double noise) {
  GpHyper hyper;
  for (std::size_t g = 0; g < embedding.groups().size(); ++g) {
    hyper.log_lengths.push_back(-0.9 + 0.2 * static_cast<double>(g));
    hyper.warps.push_back(embedding.groups()[g].category ? 0 : 0.8 - 0.6 * static_cast<double>(g));
  }
  hyper.log_variance = 0.3;
  hyper.log_noise = std::log(noise);
  return hyper;
}

std::vector<double> numbers(const std::string& line) {  // Those after the first word.
  std::vector<double> list;
  std::stringstream stream(line.substr(line.find(',') + 1));
  for (std::string cell; std::getline(stream, cell, ',');) list.push_back(base::parse_number(cell).value());
  return list;
}

TEST(GpModel, AgreesWithScikitLearn) {  // Oracle: tests/oracles/gp_posterior.csv, written by gp.py.
  std::ifstream table(STERLET_SOURCE_DIR "/tests/oracles/gp_posterior.csv");
  std::string line;
  std::getline(table, line);
  int cases = 0;
  while (std::getline(table, line)) {
    const std::vector<double> head = numbers(line);
    const auto n = static_cast<std::size_t>(head[1]), d = static_cast<std::size_t>(head[2]);
    const Space space = box(d);
    const GpEmbedding embedding(space);
    std::getline(table, line);
    GpHyper hyper{
        .warps = std::vector<double>(d, 0.0), .log_variance = std::log(head[4]), .log_noise = std::log(head[3])};
    for (const double length : numbers(line)) hyper.log_lengths.push_back(std::log(length));
    GpRows rows{.dimensions = d};
    std::vector<double> y;
    for (std::size_t i = 0; i < n; ++i) {
      std::getline(table, line);
      const std::vector<double> told = numbers(line);
      rows.append({told.data(), d});
      y.push_back(told[d]);
    }
    GpModel model(embedding, hyper);
    model.append(rows);
    model.set_targets(y, {});
    EXPECT_NEAR(model.log_likelihood(), head[5], 1e-8 * std::abs(head[5]));
    GpEvidence evidence(embedding, rows, y, false);
    std::vector<double> gradient(evidence.parameter_count());
    evidence.evaluate(evidence.parameters(hyper), gradient);
    EXPECT_NEAR(evidence.log_likelihood(), head[5], 1e-8 * std::abs(head[5]));
    for (int q = 0; q < 7; ++q) {
      std::getline(table, line);
      const std::vector<double> query = numbers(line);
      GpModel::Batch batch;
      model.predict(query.data(), 1, batch);
      EXPECT_NEAR(batch.mean[0], query[d], 1e-8);
      EXPECT_NEAR(batch.variance[0], query[d + 1], 1e-8);
    }
    ++cases;
  }
  EXPECT_EQ(cases, 3);
}

void expect_gradient(const Space& space, const std::vector<double>& warps) {
  const GpEmbedding embedding(space);
  GpRows rows = draw_rows(space, 25);
  rows.noise = {0.3, 0, 0.02, 0.5};  // The others: 0.
  rows.shares = {1, 0.2, 0.5};       // The others: 1.
  GpEvidence evidence(embedding, rows, values_of(rows), true);
  GpHyper hyper = some_hyper(embedding, 1e-2);
  if (!warps.empty()) hyper.warps = warps;
  const std::vector<double> at = evidence.parameters(hyper);
  std::vector<double> gradient(at.size()), ignored(at.size());
  evidence.evaluate(at, gradient);
  for (std::size_t i = 0; i < at.size(); ++i) {
    constexpr double h = 1e-5;
    std::vector<double> more = at, less = at;
    more[i] += h;
    less[i] -= h;
    const double difference = (evidence.evaluate(more, ignored) - evidence.evaluate(less, ignored)) / (2 * h);
    EXPECT_NEAR(gradient[i], difference, 1e-6 * (1 + std::abs(difference))) << "parameter " << i;
  }
}

TEST(GpEvidence, GradientsAgreeWithCentralDifferences) {
  expect_gradient(tree(), {});
  const Space suspect = *Space::make({{.name = "rate", .low = 1e-4, .high = 1}, {.name = "x"}}, {});
  for (const double warp : {-1.0, 0.1, 4.6, 9.0}) expect_gradient(suspect, {warp, 0.3});
}

// At random points of the tree.
void expect_gradients(const Space& space, GpScore& score) {
  const GpRows queries = draw_rows(space, 20, kSeed + 1);
  const std::size_t d = queries.dimensions;
  std::vector<double> value(20), gradient(20 * d);
  score.evaluate(queries.values.data(), 20, value.data(), gradient.data());
  for (std::size_t q = 0; q < 20; ++q) {
    for (std::size_t j = 0; j < d; ++j) {
      std::vector<double> point(queries.row(q).begin(), queries.row(q).end());
      if (std::isnan(point[j]) || j == 2 || j == 4) {  // Inactive, and choices.
        EXPECT_EQ(gradient[q * d + j], 0);
        continue;
      }
      constexpr double h = 1e-6;
      double more = 0, less = 0;
      point[j] += h;
      score.evaluate(point.data(), 1, &more, nullptr);
      point[j] -= 2 * h;
      score.evaluate(point.data(), 1, &less, nullptr);
      const double difference = (more - less) / (2 * h);
      EXPECT_NEAR(gradient[q * d + j], difference, 2e-5 * (1 + std::abs(difference))) << "query " << q << " dim " << j;
    }
  }
}

TEST(GpScore, GradientsAgreeWithCentralDifferences) {  // With pending rows, and with constraints.
  const Space space = tree();
  const GpEmbedding embedding(space);
  const GpRows rows = draw_rows(space, 30);
  std::vector<double> values = values_of(rows);
  values.resize(27);
  GpModel first(embedding, some_hyper(embedding, 1e-3)), second(embedding, some_hyper(embedding, 1e-1));
  first.append(rows);
  first.set_targets(values, {{0.3, -1, 0.5}, {-0.3, 1, -0.5}, {1.5, 0.2, 0.1}});
  second.append(rows);
  second.truncate(27);
  second.set_targets(values, {});
  GpImprovement improvement(first, {-0.1, 0.2, 0.1});
  expect_gradients(space, improvement);
  std::vector<std::unique_ptr<GpScore>> parts;
  parts.push_back(std::make_unique<GpImprovement>(first, std::vector<double>{-0.1, 0.2, 0.1}));
  parts.push_back(std::make_unique<GpImprovement>(second, std::vector<double>{0.1}));
  GpMixture mixture(std::move(parts), space.dimensions().size());
  expect_gradients(space, mixture);
  const GpLimit limit{.model = &second}, loose{.model = &second, .noise = 0.3, .weight = 2};
  GpFeasibility both(&improvement, {limit, loose}), alone(nullptr, {limit});
  expect_gradients(space, both);
  expect_gradients(space, alone);
  GpModel third(embedding, some_hyper(embedding, 1e-2));
  third.append(rows);
  for (double& value : values) value = 1.5 - value * value;
  third.set_targets(values, {{0.1, -0.6, 0.5}, {-0.1, 0.6, -0.5}, {1.2, 0, 0.1}});
  const std::vector<double> front = {0.2, 0.1, -0.4, 0.6};
  GpVolumeImprovement volume({&first, &third}, front, 27, {.seed = kSeed});
  expect_gradients(space, volume);
  GpHyper noisy = some_hyper(embedding, 1);
  noisy.bowl = 2;
  GpModel bowl(embedding, noisy);
  bowl.append(rows);
  bowl.set_targets(values, {{0.3, -1, 0.5}, {-0.3, 1, -0.5}, {1.5, 0.2, 0.1}});
  GpImprovement before_the_bowl(bowl, {-0.1, 0.2, 0.1});
  expect_gradients(space, before_the_bowl);
  GpImprovement beyond_noise(bowl, {-0.1, 0.2, 0.1}, 0.4), beyond_little(first, {-0.1, 0.2, 0.1}, 1e-3);
  expect_gradients(space, beyond_noise);
  expect_gradients(space, beyond_little);
}

// Where 40 trials have told what there is, one more is worth less than where only noise is against it.
TEST(GpScore, ATrialThatWouldTellNoMoreThanNoiseGainsLittle) {
  const Space space = box(1);
  const GpEmbedding embedding(space);
  const GpHyper hyper{.log_lengths = {std::log(0.2)}, .warps = {0.0}, .log_noise = std::log(0.2)};
  GpModel model(embedding, hyper);
  GpRows rows{.dimensions = 1};
  for (int i = 0; i < 40; ++i) rows.append(std::vector<double>{0.2});
  rows.append(std::vector<double>{0.6});
  model.append(rows);
  std::vector<double> values(40, -1.0);
  values.push_back(-0.3);
  model.set_targets(values, {});
  const std::vector<double> points = {0.2, 0.6};
  std::vector<double> gains(2), beyond(2);
  GpImprovement gain(model, {-1.0}), beyond_noise(model, {-1.0}, 0.2);
  gain.evaluate(points.data(), 2, gains.data(), nullptr);
  beyond_noise.evaluate(points.data(), 2, beyond.data(), nullptr);
  GpModel::Batch batch;
  model.predict(points.data(), 2, batch);
  for (std::size_t i = 0; i < 2; ++i) {
    const double factor = 1 - std::sqrt(0.2 / (batch.variance[i] + 0.2));
    EXPECT_NEAR(beyond[i] - gains[i], std::log(factor), 1e-9) << "of point " << i;
  }
  EXPECT_GT(gains[0], gains[1]);
  EXPECT_LT(beyond[0], beyond[1]);
}

// Far from all rows a process knows what it expected before: with as much noise as signal half of the bowl.
TEST(GpModel, ExpectsCornersToBeWorseWhereThereIsNoise) {
  const Space space = box(4);
  const GpEmbedding embedding(space);
  GpHyper hyper{.log_lengths = std::vector<double>(4, std::log(0.05)), .warps = std::vector<double>(4, 0.0)};
  hyper.log_variance = hyper.log_noise = std::log(0.5);
  hyper.bowl = 2;
  GpModel model(embedding, hyper);
  GpRows rows{.dimensions = 4};
  rows.append(std::vector<double>(4, 0.5));
  model.append(rows);
  model.set_targets(std::vector<double>{0.7}, {});
  const std::vector<double> points = {1, 0, 0, 1, 1, 0.5, 0.5, 0.5, 0.75, 0.75, 0.75, 0.75};
  GpModel::Batch batch;
  model.predict(points.data(), 3, batch);
  EXPECT_NEAR(batch.mean[0] - model.constant(), 1, 1e-6);
  EXPECT_NEAR(batch.mean[1] - model.constant(), 0.25, 1e-6);
  EXPECT_NEAR(batch.mean[2] - model.constant(), 0.25, 1e-6);
}

// Means and deviations of each parameter, against sums over a grid of the density that GpEvidence gives.
TEST(GpDraws, HaveTheMomentsOfThePosterior) {
  const Space space = box(1);
  const GpEmbedding embedding(space);
  const GpRows rows = draw_rows(space, 7);
  std::vector<double> values = values_of(rows);
  for (double& value : values) value -= 0.9;
  GpEvidence evidence(embedding, rows, values, false);
  constexpr std::size_t kCells = 40, kParameters = 3, kDraws = 6000;
  ASSERT_EQ(evidence.parameter_count(), kParameters);
  const std::vector<double> low = evidence.low(), high = evidence.high();
  std::vector<double> point(kParameters), gradient(kParameters);
  std::vector<std::pair<double, std::vector<double>>> cells;
  for (std::size_t cell = 0; cell < kCells * kCells * kCells; ++cell) {
    for (std::size_t j = 0, rest = cell; j < kParameters; ++j, rest /= kCells) {
      point[j] = low[j] + (high[j] - low[j]) * (static_cast<double>(rest % kCells) + 0.5) / kCells;
    }
    cells.emplace_back(-evidence.evaluate(point, gradient), point);
  }
  const double largest = std::max_element(cells.begin(), cells.end())->first;
  const auto moments = [](const auto& weighted, std::size_t j) {
    double sum = 0, mean = 0, square = 0;
    for (const auto& [weight, at] : weighted) sum += weight;
    for (const auto& [weight, at] : weighted) mean += weight / sum * at[j];
    for (const auto& [weight, at] : weighted) square += weight / sum * (at[j] - mean) * (at[j] - mean);
    return std::pair(mean, std::sqrt(square));
  };
  for (auto& [weight, at] : cells) weight = std::exp(weight - largest);
  std::vector<std::pair<double, std::vector<double>>> draws;
  const GpHyper start = fit_gp(embedding, rows, values, {}).front().hyper;
  for (const GpHyper& hyper : draw_hypers(embedding, rows, values, {}, start, kDraws)) {
    draws.emplace_back(1.0, evidence.parameters(hyper));
  }
  for (std::size_t j = 0; j < kParameters; ++j) {
    const auto [mean, spread] = moments(cells, j);
    const auto [drawn_mean, drawn_spread] = moments(draws, j);
    EXPECT_NEAR(drawn_mean, mean, 0.1 * spread) << "parameter " << j;
    EXPECT_NEAR(drawn_spread / spread, 1, 0.1) << "parameter " << j;
  }
}

TEST(GpModel, RowsAppendedInPiecesGiveTheSameBits) {
  const Space space = tree();
  const GpEmbedding embedding(space);
  const GpRows rows = draw_rows(space, 70);
  const std::vector<double> values = values_of(rows);
  GpModel whole(embedding, some_hyper(embedding, 1e-6)), grown = whole;
  whole.append(rows);
  for (std::size_t i = 0; i < 70;) {
    const std::size_t end = std::min<std::size_t>(70, i + 1 + i / 3);
    GpRows part{.dimensions = rows.dimensions};
    for (std::size_t k = i; k < end; ++k) part.append(rows.row(k));
    grown.append(part);
    i = end;
    if (i < 60) {  // Rows that come and go, as those of pending trials do.
      grown.append(draw_rows(space, 5, kSeed + 2));
      grown.truncate(i);
    }
  }
  whole.set_targets(values, {});
  grown.set_targets(values, {});
  const GpRows query = draw_rows(space, 10, kSeed + 1);
  GpModel::Batch a, b;
  whole.predict(query.values.data(), 10, a);
  grown.predict(query.values.data(), 10, b);
  EXPECT_EQ(a.mean, b.mean);
  EXPECT_EQ(a.variance, b.variance);
  EXPECT_EQ(whole.log_likelihood(), grown.log_likelihood());
}

TEST(GpModel, NoiseOfRowsIsAsNoiseOfAll) {
  const Space space = tree();
  const GpEmbedding embedding(space);
  GpRows rows = draw_rows(space, 12);
  GpModel all(embedding, some_hyper(embedding, 0.05));
  all.append(rows);
  all.set_targets(values_of(rows), {});
  rows.noise.assign(12, 0.04);
  GpModel each(embedding, some_hyper(embedding, 0.01));
  each.append(rows);
  each.set_targets(values_of(rows), {});
  EXPECT_NEAR(each.log_likelihood(), all.log_likelihood(), 1e-9);
  const auto mean_at = [&](const GpModel& model, std::size_t row) {
    GpModel::Batch batch;
    model.predict_means(rows.row(row).data(), 1, batch);
    return batch.mean[0];
  };
  for (std::size_t i = 0; i < 12; ++i) EXPECT_NEAR(mean_at(each, i), mean_at(all, i), 1e-9);
  for (std::size_t i = 0; i < 12; ++i) EXPECT_NEAR(each.row_mean(0, i), all.row_mean(0, i), 1e-9);
  // A row that hardly anything is known of hardly counts: its own mean goes to where the others have it.
  rows.noise.assign(12, 0.0);
  rows.noise[5] = 1e6;
  GpModel without(embedding, some_hyper(embedding, 0.01));
  without.append(rows);
  std::vector<double> values = values_of(rows);
  without.set_targets(values, {});
  const double before = mean_at(without, 5);
  values[5] += 10;
  without.set_targets(values, {});
  EXPECT_NEAR(mean_at(without, 5), before, 1e-3);
}

TEST(GpModel, AMeanOfRunsIsWorthItsRuns) {
  const Space space = tree();
  const GpEmbedding embedding(space);
  const GpRows drawn = draw_rows(space, 8), queries = draw_rows(space, 10, kSeed + 3);
  const std::vector<double> values = values_of(drawn);
  const std::vector<int> runs = {1, 4, 2, 1, 3, 1, 10, 1};
  GpRows means{.dimensions = drawn.dimensions}, singles{.dimensions = drawn.dimensions};
  std::vector<double> of_singles;
  for (std::size_t i = 0; i < 8; ++i) {
    means.append(drawn.row(i), 0, 1.0 / runs[i]);
    for (int k = 0; k < runs[i]; ++k) {
      singles.append(drawn.row(i));
      of_singles.push_back(values[i] + 0.1 * (k - (runs[i] - 1) / 2.0));
    }
  }
  GpModel one(embedding, some_hyper(embedding, 0.05)), many(embedding, some_hyper(embedding, 0.05));
  one.append(means);
  one.set_targets(values, {});
  many.append(singles);
  many.set_targets(of_singles, {});
  GpModel::Batch a, b;
  one.predict(queries.values.data(), 10, a);
  many.predict(queries.values.data(), 10, b);
  for (std::size_t q = 0; q < 10; ++q) {
    EXPECT_NEAR(a.mean[q], b.mean[q], 1e-9);
    EXPECT_NEAR(a.variance[q], b.variance[q], 1e-9);
  }
}

TEST(GpModel, EqualRowsAreTaken) {
  const Space space = box(2);
  const GpEmbedding embedding(space);
  GpRows rows{.dimensions = 2};
  for (int i = 0; i < 40; ++i) rows.append(std::vector<double>{0.5, i % 2 == 0 ? 0.25 : 0.25 + 1e-13});
  GpModel model(embedding, {.log_lengths = {1, 1}, .warps = {0, 0}, .log_noise = std::log(1e-12)});
  model.append(rows);
  model.set_targets(std::vector<double>(40, 1.5), {});
  GpModel::Batch batch;
  model.predict(rows.values.data(), 1, batch);
  EXPECT_NEAR(batch.mean[0], 1.5, 1e-2);
  EXPECT_GE(batch.variance[0], 0);
}

// Squared distances must be those of a Euclidean space, or no factor exists.
TEST(GpEmbedding, TreesGivePositiveDefiniteMatrices) {
  const Space space = tree();
  const GpEmbedding embedding(space);
  const std::size_t n = 120, features = embedding.feature_count();
  for (std::uint64_t repeat = 0; repeat < 20; ++repeat) {
    const GpRows rows = draw_rows(space, n, kSeed + repeat);
    std::vector<double> x(n * features);
    std::vector<Warp> warps;
    for (const double t : some_hyper(embedding, 1).warps) warps.emplace_back(t);
    embedding.features(rows.values.data(), n, warps, x.data(), n);
    std::vector<std::vector<double>> lower(n, std::vector<double>(n, 0.0));
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j <= i; ++j) {
        double r = 0;
        for (const GpGroup& group : embedding.groups()) {
          for (std::size_t f = group.feature; f < group.feature + group.features; ++f) {
            const double step = x[f * n + i] - x[f * n + j];
            r += group.category ? (step != 0 ? 1 : 0) : step * step;
          }
        }
        const double s = std::sqrt(5 * r / 0.16);
        double sum = (1 + s + s * s / 3) * std::exp(-s) + (i == j ? 1e-9 : 0);
        for (std::size_t k = 0; k < j; ++k) sum -= lower[i][k] * lower[j][k];
        if (i == j) {
          ASSERT_GT(sum, 0) << "row " << i << ", seed " << kSeed + repeat;
        }
        lower[i][j] = i == j ? std::sqrt(sum) : sum / lower[j][j];
      }
    }
  }
}

TEST(GpModel, FantasiesHaveTheJointDistributionOfWhatIsPending) {
  const Space space = box(2);
  const GpEmbedding embedding(space);
  const GpHyper hyper{.log_lengths = {-1, -0.5}, .warps = {0, 0}, .log_variance = 0.2, .log_noise = std::log(1e-8)};
  const GpRows rows = draw_rows(space, 12);
  std::vector<double> values = values_of(rows);
  values.resize(10);
  base::RandomStream stream({.seed = kSeed});
  constexpr std::size_t kDraws = 4096;
  std::vector<std::vector<double>> draws(kDraws);
  for (auto& draw : draws) draw = {stream.normal(), stream.normal()};
  GpModel model(embedding, hyper), told(embedding, hyper);
  model.append(rows);
  model.set_targets(values, draws);
  told.append(rows);
  told.truncate(10);
  told.set_targets(values, {});
  GpModel::Batch fantasy, truth;
  model.predict(rows.row(10).data(), 2, fantasy);
  told.predict(rows.row(10).data(), 2, truth);
  for (std::size_t p = 0; p < 2; ++p) {
    double sum = 0, squares = 0;
    for (std::size_t h = 0; h < kDraws; ++h) {
      const double deviation = fantasy.mean[p * kDraws + h] - truth.mean[p];
      sum += deviation;
      squares += deviation * deviation;
    }
    const double spread = std::sqrt(truth.variance[p]);
    EXPECT_NEAR(sum / kDraws, 0, 4 * spread / 64);  // Four standard errors: false alarms 1 in 16,000.
    EXPECT_NEAR(squares / kDraws, truth.variance[p], 4 * truth.variance[p] * std::sqrt(2.0) / 64);
    EXPECT_LT(fantasy.variance[p], 1e-6);
  }
}

TEST(LogExpectedImprovement, AgreesWithMpmath) {  // Oracle: tests/oracles/log_ei.csv, written by gp.py.
  std::ifstream table(STERLET_SOURCE_DIR "/tests/oracles/log_ei.csv");
  std::string line;
  std::getline(table, line);
  int rows = 0;
  for (; std::getline(table, line); ++rows) {
    const std::vector<double> expected = numbers("," + line);
    double slope = 0;
    EXPECT_NEAR(log_expected_improvement(expected[0], &slope), expected[1], 2e-13 * (1 + std::abs(expected[1])))
        << line;
    EXPECT_NEAR(slope / expected[2], 1, 1e-11) << line;
  }
  EXPECT_GT(rows, 20);
}

TEST(LogExpectedImprovement, RisesWithoutAStep) {
  double before = -std::numeric_limits<double>::infinity(), slope = 0;
  for (double z = -60; z < 40; z += 0.003) {
    const double value = log_expected_improvement(z, &slope);
    EXPECT_GT(value, before) << z;
    EXPECT_GT(slope, 0) << z;
    before = value;
  }
}

TEST(Warp, AtTheLogarithmOfTheRangeIsTheLogScale) {
  for (const double u : {0.0, 1e-6, 0.01, 0.3, 1.0}) {
    const double x = 1e-4 + u * (1 - 1e-4);
    EXPECT_NEAR(Warp(std::log(1e4))(u), std::log(x / 1e-4) / std::log(1e4), 1e-12);
    EXPECT_NEAR(Warp(-std::log(1e4))(1 - u), 1 - Warp(std::log(1e4))(u), 1e-12);  // Its mirror image.
  }
}

TEST(Warp, HasAnInverseAndDerivatives) {
  for (const double t : {-9.0, -1.0, -1e-3, -1e-5, 0.0, 1e-5, 2e-4, 1e-3, 0.5, 4.0, 12.0}) {
    for (const double u : {0.0, 0.05, 0.5, 0.93, 1.0}) {
      SCOPED_TRACE(fmt::format("t {} u {}", t, u));
      constexpr double h = 1e-6;
      EXPECT_NEAR(Warp(t).inverse(Warp(t)(u)), u, 1e-9);
      EXPECT_NEAR(Warp(t).by_t(u, Warp(t)(u)), (Warp(t + 1e-4)(u) - Warp(t - 1e-4)(u)) / 2e-4, 1e-7);
      if (u > 0 && u < 1) {
        EXPECT_NEAR(Warp(t).slope(u), (Warp(t)(u + h) - Warp(t)(u - h)) / (2 * h), 1e-5 * (1 + std::exp(t)));
      }
    }
  }
}

TEST(GpTransform, KeepsTheOrderAndHasAnInverse) {
  base::RandomStream stream({.seed = kSeed});
  std::vector<double> values;
  for (int i = 0; i < 60; ++i) values.push_back(std::exp(3 * stream.normal()) - 2);
  const GpTransform transform(values);
  std::sort(values.begin(), values.end());
  double sum = 0, squares = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double z = transform(values[i]);
    if (i > 0) {
      EXPECT_GT(z, transform(values[i - 1]));
    }
    EXPECT_NEAR(transform.inverse(z), values[i], 1e-9 * (1 + std::abs(values[i])));
    sum += z;
    squares += z * z;
  }
  EXPECT_NEAR(sum, 0, 1e-9);
  EXPECT_NEAR(squares, 60, 1e-9);
  EXPECT_LT(transform(values.front() - 1), transform(values.front()));
}

TEST(GpTransform, HowBadTheBadOnesAreDoesNotMatter) {
  std::vector<double> values = {3, 1, 4, 1.5, 9, 2.6, 5, 3.5};
  const GpTransform before(values);
  values[4] = 1e250;
  const GpTransform after(values);
  for (const double good : {1.0, 1.5, 2.6, 3.0}) EXPECT_EQ(before(good), after(good));
  EXPECT_EQ(before(9), after(1e250));
}

TEST(GpTransform, EqualValuesGiveZeros) {
  const GpTransform transform(std::vector<double>(5, 7.25));
  EXPECT_EQ(transform(7.25), 0);
  EXPECT_EQ(transform.inverse(1), 7.25);
}

}  // namespace
}  // namespace sterlet::samplers
