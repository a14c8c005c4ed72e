#include "sterlet/samplers/cmaes/state.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "sterlet/base/normal.h"
#include "sterlet/base/rng.h"
#include "sterlet/base/text.h"

namespace sterlet::samplers {
namespace {

constexpr std::size_t kDimensions = 5;
constexpr std::array<std::size_t, kDimensions> kLevels{2, 5, 12, 0, 0};

// As in tests/oracles/cma_es.py.
double oracle_value(const std::vector<double>& x) {
  constexpr std::array<double, kDimensions> kTarget{0.9, 0.35, 0.62, 0.3, 0.55};
  std::array<double, kDimensions> y{};
  double sum = 0;
  for (std::size_t i = 0; i < kDimensions; ++i) {
    y[i] = x[i] - kTarget[i];
    sum += std::pow(10, 0.5 * static_cast<double>(i)) * y[i] * y[i];
  }
  const double pull = y[0] - 2 * y[3] * y[3] + y[4];
  return sum + pull * pull;
}

std::size_t level_of(double x, std::size_t levels) {
  const double level = std::ceil(x * static_cast<double>(levels)) - 1;
  return static_cast<std::size_t>(std::clamp(level, 0.0, static_cast<double>(levels - 1)));
}

struct OracleRow {
  std::string run, kind;
  std::vector<double> numbers;
};

std::vector<OracleRow> read_oracle() {
  std::vector<OracleRow> rows;
  std::ifstream table(STERLET_SOURCE_DIR "/tests/oracles/cma_es.csv");
  for (std::string line; std::getline(table, line);) {
    if (line.starts_with('#')) continue;
    std::stringstream cells(line);
    OracleRow row;
    std::getline(cells, row.run, ',');
    std::getline(cells, row.kind, ',');
    for (std::string cell; std::getline(cells, cell, ',');) row.numbers.push_back(base::parse_number(cell).value());
    rows.push_back(std::move(row));
  }
  return rows;
}

// Samples with the table's normal numbers, ranks by the table's function, updates, and (with margin) corrects.
void follow_generation(CmaesState& state, const CmaesConstants& constants, const OracleRow& row) {
  struct Member {
    double value = 0;
    std::vector<double> sample;
  };
  std::vector<Member> members;
  for (std::size_t k = 0; k < constants.population; ++k) {
    Member member;
    member.sample = cmaes_sample(state, std::span(row.numbers).subspan(k * kDimensions, kDimensions));
    std::vector<double> seen = member.sample;
    for (std::size_t i = 0; row.run == "margin" && i < kDimensions; ++i) {
      if (kLevels[i] == 0) continue;
      const double stretched = state.mean[i] + state.margins[i] * (member.sample[i] - state.mean[i]);
      seen[i] = (static_cast<double>(level_of(stretched, kLevels[i])) + 0.5) / static_cast<double>(kLevels[i]);
    }
    member.value = oracle_value(seen);
    members.push_back(std::move(member));
  }
  std::stable_sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.value < b.value; });
  std::vector<double> ranked;
  for (const Member& member : members) ranked.insert(ranked.end(), member.sample.begin(), member.sample.end());
  cmaes_update(state, constants, ranked);
  for (std::size_t i = 0; row.run == "margin" && i < kDimensions; ++i) {
    if (kLevels[i] == 0) continue;
    const std::size_t level = level_of(state.mean[i], kLevels[i]);
    const auto edge = [&](std::size_t k) {
      return static_cast<double>(std::clamp<std::size_t>(k, 1, kLevels[i] - 1)) / static_cast<double>(kLevels[i]);
    };
    cmaes_keep_margin(state, i, {.begin = edge(level), .end = edge(level + 1)},
                      1.0 / static_cast<double>(kDimensions * constants.population));
  }
}

TEST(CmaesState,
     FollowsThePackageCmaesForFiftyGenerations) {  // Oracle: tests/oracles/cma_es.csv, written by cma_es.py.
  const CmaesConstants constants = cmaes_constants(kDimensions, cmaes_population(kDimensions));
  CmaesState state;
  std::string run;
  int compared = 0;
  for (const OracleRow& row : read_oracle()) {
    if (row.run != run) state = cmaes_start(std::vector<double>(kDimensions, 0.4), 0.2);
    run = row.run;
    if (row.kind == "normals") {
      follow_generation(state, constants, row);
      continue;
    }
    ++compared;
    const auto near = [&](double ours, double theirs, const std::string& what) {
      EXPECT_NEAR(ours, theirs, 1e-10 * std::max(1.0, std::fabs(theirs))) << run << ", " << compared << ": " << what;
    };
    near(state.sigma, row.numbers[0], "sigma");
    for (std::size_t i = 0; i < kDimensions; ++i) {
      near(state.mean[i], row.numbers[1 + i], "mean");
      near(state.covariance[i * (kDimensions + 1)], row.numbers[1 + kDimensions + i], "variance");
      near(state.margins[i], row.numbers[1 + 2 * kDimensions + i], "margin");
    }
  }
  EXPECT_EQ(compared, 100);
}

// A generation of random samples, ranked by `value`.
template <typename Value>
void advance(CmaesState& state, const CmaesConstants& constants, base::RandomStream& stream, Value value) {
  std::vector<std::pair<double, std::vector<double>>> members;
  for (std::size_t k = 0; k < constants.population; ++k) {
    std::vector<double> normals(constants.dimensions);
    for (double& normal : normals) normal = stream.normal();
    std::vector<double> sample = cmaes_sample(state, normals);
    const double result = value(sample);
    members.emplace_back(result, std::move(sample));
  }
  std::sort(members.begin(), members.end());
  std::vector<double> ranked;
  for (const auto& member : members) ranked.insert(ranked.end(), member.second.begin(), member.second.end());
  cmaes_update(state, constants, ranked);
}

TEST(CmaesState, ADiscreteCoordinateLeavesItsLevelWithTheMarginsProbability) {
  const CmaesConstants constants = cmaes_constants(2, 6);
  const double margin = 1.0 / 12;
  CmaesState state = cmaes_start({0.45, 0.5}, 0.2);
  base::RandomStream stream({.seed = 3});
  for (int generation = 0; generation < 60; ++generation) {
    advance(state, constants, stream, [](const auto& x) { return std::fabs(x[0] - 0.52) + std::fabs(x[1] - 0.5); });
    const std::size_t level = level_of(state.mean[0], 10);
    const double begin = static_cast<double>(std::max<std::size_t>(level, 1)) / 10;
    const double end = static_cast<double>(std::min<std::size_t>(level + 1, 9)) / 10;
    cmaes_keep_margin(state, 0, {.begin = begin, .end = end}, margin);
    const double spread = state.sigma * std::sqrt(state.covariance[0]) * state.margins[0];
    const double below = base::normal_cdf((begin - state.mean[0]) / spread);
    const double above = base::normal_cdf((state.mean[0] - end) / spread);
    EXPECT_GE(begin == end ? std::min(below, above) : below + above, margin * (1 - 1e-9)) << generation;
  }
  EXPECT_LT(state.sigma, 0.05);  // It did narrow down where it may.
  EXPECT_GT(state.margins[0], 2);
}

TEST(CmaesState, AMeanInAnOutermostLevelIsMovedToTheMargin) {
  for (const double mean : {0.001, 0.999}) {
    CmaesState state = cmaes_start({mean}, 1e-3);
    const double edge = mean < 0.5 ? 0.1 : 0.9;
    cmaes_keep_margin(state, 0, {.begin = edge, .end = edge}, 0.05);
    EXPECT_NEAR(base::normal_cdf(-std::fabs(state.mean[0] - edge) / 1e-3), 0.05, 1e-12);
    EXPECT_EQ(state.mean[0] < edge, mean < 0.5);
    EXPECT_EQ(state.margins[0], 1);
  }
}

TEST(CmaesState, SeenInAMirrorItIsTheSameSearch) {
  const CmaesConstants constants = cmaes_constants(3, 8);
  CmaesState one = cmaes_start({0.2, 0.3, 0.4}, 0.2);
  base::RandomStream stream({.seed = 5});
  const auto valley = [](const std::vector<double>& x) {
    return std::pow(x[0] + x[1], 2) + 9 * std::pow(x[1] - x[2], 2) + x[2] * x[2];
  };
  for (int generation = 0; generation < 20; ++generation) advance(one, constants, stream, valley);
  CmaesState other = one;
  cmaes_mirror(other, 1, 0.25);
  std::vector<double> ranked, mirrored;
  for (std::size_t k = 0; k < constants.population; ++k) {
    std::vector<double> normals(3);
    for (double& normal : normals) normal = stream.normal();
    const std::vector<double> sample = cmaes_sample(one, normals);
    normals[1] = -normals[1];
    const std::vector<double> twin = cmaes_sample(other, normals);
    EXPECT_NEAR(twin[0], sample[0], 1e-14);
    EXPECT_NEAR(twin[1], 0.5 - sample[1], 1e-14);
    EXPECT_NEAR(twin[2], sample[2], 1e-14);
    ranked.insert(ranked.end(), sample.begin(), sample.end());
    mirrored.insert(mirrored.end(), twin.begin(), twin.end());
  }
  cmaes_update(one, constants, ranked);
  cmaes_update(other, constants, mirrored);
  EXPECT_NEAR(other.sigma, one.sigma, 1e-14);
  EXPECT_NEAR(other.mean[1], 0.5 - one.mean[1], 1e-14);
  EXPECT_NEAR(other.covariance[1], -one.covariance[1], 1e-13);
  EXPECT_NEAR(other.covariance[2], one.covariance[2], 1e-13);
}

TEST(CmaesState, TurningTheObjectiveTurnsTheSearch) {  // In two dimensions, by an angle of 0.7.
  const double c = std::cos(0.7), s = std::sin(0.7);
  const CmaesConstants constants = cmaes_constants(2, 6);
  const auto value = [](double x, double y) { return x * x + 100 * (y - x) * (y - x); };
  CmaesState plain = cmaes_start({1, 2}, 0.5), turned = cmaes_start({c - 2 * s, s + 2 * c}, 0.5);
  base::RandomStream stream({.seed = 8});
  for (int generation = 0; generation < 30; ++generation) {
    std::vector<std::pair<double, std::size_t>> order;
    std::vector<std::vector<double>> samples, twins;
    for (std::size_t k = 0; k < constants.population; ++k) {
      const std::array<double, 2> z{stream.normal(), stream.normal()};
      samples.push_back(cmaes_sample(plain, z));
      twins.push_back(cmaes_sample(turned, std::array<double, 2>{c * z[0] - s * z[1], s * z[0] + c * z[1]}));
      order.emplace_back(value(samples[k][0], samples[k][1]), k);
      EXPECT_NEAR(value(c * twins[k][0] + s * twins[k][1], c * twins[k][1] - s * twins[k][0]), order[k].first,
                  1e-8 * (1 + order[k].first));
    }
    std::sort(order.begin(), order.end());
    std::vector<double> ranked, turned_ranked;
    for (const auto& entry : order) {
      ranked.insert(ranked.end(), samples[entry.second].begin(), samples[entry.second].end());
      turned_ranked.insert(turned_ranked.end(), twins[entry.second].begin(), twins[entry.second].end());
    }
    cmaes_update(plain, constants, ranked);
    cmaes_update(turned, constants, turned_ranked);
  }
  EXPECT_NEAR(turned.sigma, plain.sigma, 1e-10);
  EXPECT_NEAR(turned.mean[0], c * plain.mean[0] - s * plain.mean[1], 1e-10);
  EXPECT_NEAR(turned.covariance[0] + turned.covariance[3], plain.covariance[0] + plain.covariance[3], 1e-9);
}

TEST(CmaesState, WeightsAreThoseOfTheTutorial) {
  const CmaesConstants constants = cmaes_constants(10, 10);
  double positive = 0, negative = 0, squares = 0;
  for (const double weight : constants.weights) (weight > 0 ? positive : negative) += weight;
  for (std::size_t i = 0; i < constants.parents; ++i) squares += constants.weights[i] * constants.weights[i];
  EXPECT_NEAR(positive, 1, 1e-14);
  EXPECT_NEAR(1 / squares, constants.selection_mass, 1e-12);
  EXPECT_LE(constants.rank_one_rate + constants.rank_mu_rate, 1);
  // Equations 50 to 53, with the worse half's mass from unscaled weights ln 5.5 - ln i.
  double worse = 0, worse_squares = 0;
  for (int i = 6; i <= 10; ++i) {
    worse += std::log(5.5) - std::log(i);
    worse_squares += std::pow(std::log(5.5) - std::log(i), 2);
  }
  const double c_1 = constants.rank_one_rate, c_mu = constants.rank_mu_rate;
  EXPECT_NEAR(negative,
              -std::min({1 + c_1 / c_mu, 1 + 2 * worse * worse / worse_squares / (constants.selection_mass + 2),
                         (1 - c_1 - c_mu) / (10 * c_mu)}),
              1e-12);
  EXPECT_EQ(cmaes_population(10), 10u);
  EXPECT_EQ(cmaes_population(1), 4u);
}

}  // namespace
}  // namespace sterlet::samplers
