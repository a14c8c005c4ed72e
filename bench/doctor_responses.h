#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "sterlet/analysis/smooth_process.h"
#include "sterlet/base/rng.h"

/// Responses of 2 to 8 columns, some of which do nothing: shapes and measures in three sets. One chose the doctor's thresholds once,
/// one was held back then. The thresholds of today were chosen by neither, and the last set was written and looked at after them.
namespace responses {

enum class Set { kChosenBy, kHeldBack, kSeenLast };

using sterlet::base::RandomStream;

inline RandomStream stream(std::uint64_t seed) {
  return RandomStream({.seed = seed, .stream = sterlet::base::Stream::kPractice});
}

// What a column does at a distance from its best place.
inline double shape(Set set, std::uint64_t kind, double off) {
  const double far = std::fabs(off), squared = off * off;
  if (set == Set::kChosenBy) {
    switch (kind % 5) {
      case 0:
        return squared;
      case 1:
        return std::pow(far, 1.5);
      case 2:
        return 1 - std::exp(-3 * squared);
      case 3:
        return squared + (off > 0.3 ? 2 * (off - 0.3) : 0);
      default:
        return (off > 0 ? 4 : 1) * squared;
    }
  }
  if (set == Set::kSeenLast) {
    switch (kind % 6) {
      case 0:
        return std::log(std::cosh(6 * off));
      case 1:
        return off > 0 ? std::exp(3 * off) - 1 - 3 * off : 2 * squared;
      case 2:
        return std::tanh(3 * far) * std::tanh(3 * far);
      case 3:
        return std::pow(far, 0.8);
      case 4:
        return squared + 0.02 * (1 - std::cos(25 * off));
      default:
        return std::sqrt(squared + 0.01) - 0.1;
    }
  }
  switch (kind % 6) {
    case 0:
      return far;
    case 1:
      return std::exp(2.5 * off) - 2.5 * off - 1;
    case 2:
      return squared / (0.1 + squared);
    case 3:
      return std::log1p(20 * squared);
    case 4:
      return squared + 4 * squared * squared;
    default:
      return far < 0.2 ? squared : 0.4 * far - 0.04;
  }
}

// What becomes of the columns' sum.
inline double measure(Set set, std::uint64_t kind, double sum) {
  if (set == Set::kChosenBy) return kind % 3 == 1 ? std::log(0.1 + std::max(sum, 0.0)) : sum;
  if (set == Set::kSeenLast) {
    const double least = std::max(sum, 0.0);
    return kind % 4 == 0   ? sum
           : kind % 4 == 1 ? std::log(0.05 + least)
           : kind % 4 == 2 ? std::pow(least, 1.5)
                           : -std::exp(-0.7 * sum);
  }
  switch (kind % 4) {
    case 0:
      return sum;
    case 1:
      return std::sqrt(0.02 + std::max(sum, 0.0));
    case 2:
      return std::exp(0.7 * sum);
    default:
      return sum / (1 + std::max(sum, -0.5));
  }
}

struct Response {
  Set set = Set::kHeldBack;
  std::uint64_t measured = 0;
  struct Column {
    double best = 0.5, weight = 1;
    std::uint64_t kind = 0;
    bool is_mirrored = false;
    double value(Set of, double x) const { return shape(of, kind, is_mirrored ? best - x : x - best); }
  };
  std::vector<Column> columns;
  double together = 0;  // Of the first two.

  double operator()(const std::vector<double>& x) const {
    double sum = 0;
    for (std::size_t j = 0; j < columns.size(); ++j) sum += columns[j].weight * columns[j].value(set, x[j]);
    sum += together * (x[0] - columns[0].best) * (x[1] - columns[1].best);
    return measure(set, measured, sum);
  }
};

// The first column's best lies at `best`, those of the others well inside. Its spread is 0.6 to 1.6, the others' 0.1 to 2 or, of
// every fifth, 0.
inline Response response(Set set, std::uint64_t seed, double best) {
  RandomStream chance = stream(seed);
  Response out{.set = set};
  const std::size_t width = 2 + chance.below(7);
  out.measured = chance.below(12);
  for (std::size_t j = 0; j < width; ++j) {
    Response::Column column{.best = 0.2 + 0.6 * chance.uniform(),
                            .weight = 0.1 * std::exp(chance.uniform() * std::log(20.0)),
                            .kind = chance.below(30),
                            .is_mirrored = chance.below(2) == 1};
    if (chance.uniform() < 0.2) column.weight = 0;
    if (j == 0) column.best = best, column.weight = 0.6 + chance.uniform();
    double sum = 0, squares = 0;
    for (int i = 0; i <= 100; ++i) {
      const double value = column.value(set, i / 100.0);
      sum += value / 101;
      squares += value * value / 101;
    }
    column.weight /= std::sqrt(squares - sum * sum);
    out.columns.push_back(column);
  }
  const double least = std::min(out.columns[0].weight, out.columns[1].weight);
  const double most = set == Set::kSeenLast ? 0.6 : 0.3;
  if (chance.uniform() < 0.4) out.together = (chance.uniform() < 0.5 ? -most : most) * least;
  return out;
}

inline void add_noise(std::vector<double>& results, double share, RandomStream& chance) {
  const auto n = static_cast<double>(results.size());
  double mean = 0, squares = 0;
  for (const double result : results) mean += result / n;
  for (const double result : results) squares += (result - mean) * (result - mean) / n;
  for (double& result : results) result += share * std::sqrt(squares) * chance.normal();
}

// Of the results over the whole space.
inline double spread(const Response& response, RandomStream& chance) {
  double mean = 0, squares = 0;
  for (int i = 0; i < 300; ++i) {
    std::vector<double> x(response.columns.size());
    for (double& place : x) place = chance.uniform();
    const double result = response(x);
    mean += result / 300;
    squares += result * result / 300;
  }
  return std::sqrt(std::max(squares - mean * mean, 0.0));
}

// As a search would: ten trials at random, then nine of ten around the best so far, ever closer. Noise is a share of the spread
// over the whole space.
inline sterlet::analysis::ProcessInput searched(const Response& response, std::uint64_t seed, int trials,
                                                double noise) {
  RandomStream chance = stream(seed);
  const std::size_t width = response.columns.size();
  const double unit = spread(response, chance);
  sterlet::analysis::ProcessInput input{.ordered = std::vector<std::vector<double>>(width)};
  std::vector<double> best(width, 0.5);
  double least = 1e300;
  for (int i = 0; i < trials; ++i) {
    const double reach = 0.25 * std::pow(0.15, static_cast<double>(i) / trials);
    const bool is_free = i < 10 || chance.uniform() < 0.1;
    std::vector<double> x;
    for (std::size_t j = 0; j < width; ++j) {
      x.push_back(is_free ? chance.uniform() : std::min(1.0, std::max(0.0, best[j] + reach * chance.normal())));
      input.ordered[j].push_back(x.back());
    }
    const double result = response(x) + noise * unit * chance.normal();
    if (result < least) least = result, best = x;
    input.results.push_back(result);
  }
  return input;
}

inline sterlet::analysis::ProcessInput at_random(const Response& response, std::uint64_t seed, int trials,
                                                 double noise) {
  RandomStream chance = stream(seed);
  sterlet::analysis::ProcessInput input{.ordered = std::vector<std::vector<double>>(response.columns.size())};
  for (int i = 0; i < trials; ++i) {
    std::vector<double> x;
    for (auto& column : input.ordered) column.push_back(x.emplace_back(chance.uniform()));
    input.results.push_back(response(x));
  }
  add_noise(input.results, noise, chance);
  return input;
}

}  // namespace responses
