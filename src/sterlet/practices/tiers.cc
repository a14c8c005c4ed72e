#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "sterlet/practices/checks.h"
#include "sterlet/practices/search.h"

namespace sterlet::practices {

namespace {

constexpr std::uint64_t kRepetitions = 5;
constexpr std::int64_t kTrials = 300;
// Nine parameters, one of tier 1, three of tier 2, two of tier 3, three of tier 4, and how much each counts.
constexpr std::array<int, 9> kTiers = {1, 2, 2, 2, 3, 3, 4, 4, 4};
constexpr std::array<double, 5> kWeights = {0, 1, 0.4, 0.12, 0.03};

}  // namespace

// The variance of w (x - c)^2 over [0, 1] is w^2 (E (x - c)^4 - (E (x - c)^2)^2).
Finding tiers(const Parts& parts) {
  std::vector<space::Parameter> parameters;
  for (std::size_t j = 0; j < kTiers.size(); ++j) {
    parameters.push_back({.name = std::string(1, static_cast<char>('a' + j)), .tier = kTiers[j]});
  }
  const space::Space space = space_of(std::move(parameters));
  double off = 0, measured_upper = 0, exact_upper = 0;
  bool in_order = true;
  for (std::uint64_t seed = 0; seed < kRepetitions; ++seed) {
    const std::vector<double> optimum = hidden_place(seed, kTiers.size());
    const Objective objective = [&](const std::vector<double>& point) {
      double sum = 0;
      for (std::size_t j = 0; j < point.size(); ++j) {
        sum += kWeights[static_cast<std::size_t>(kTiers[j])] * (point[j] - optimum[j]) * (point[j] - optimum[j]);
      }
      return sum;
    };
    const auto points = run_search(parts, space, {.sampler = "random", .seed = seed, .trials = kTrials}, objective);
    if (!points) return broken(points.error());
    analysis::TrialTable table;
    table.columns.resize(kTiers.size());
    for (const std::vector<double>& point : *points) {
      for (std::size_t j = 0; j < point.size(); ++j) table.columns[j].values.push_back(point[j]);
      table.results.push_back(objective(point));
    }
    const std::vector<double> shares = parts.variance_shares(table);
    std::vector<double> exact(kTiers.size());
    double all = 0;
    for (std::size_t j = 0; j < exact.size(); ++j) {
      const double low = -optimum[j], high = 1 - optimum[j];
      const double mean = (std::pow(high, 3) - std::pow(low, 3)) / 3;
      const double weight = kWeights[static_cast<std::size_t>(kTiers[j])];
      exact[j] = weight * weight * ((std::pow(high, 5) - std::pow(low, 5)) / 5 - mean * mean);
      all += exact[j];
    }
    double upper = 0, lower = 0;
    for (std::size_t j = 0; j < exact.size(); ++j) {
      off = std::max(off, std::abs(shares[j] - exact[j] / all));
      (kTiers[j] <= 2 ? upper : lower) += shares[j];
      exact_upper += kTiers[j] <= 2 ? exact[j] / all / kRepetitions : 0;
    }
    in_order = in_order && upper > lower;
    measured_upper += upper / kRepetitions;
  }
  return {.holds = in_order && off < 0.06 && measured_upper > 0.8,
          .figure = fmt::format("tiers 1 and 2 carry {:.0f}%, exactly {:.0f}%; each share within {:.2f}",
                                100 * measured_upper, 100 * exact_upper, off),
          .numbers = {{"measured_share", measured_upper},
                      {"exact_share", exact_upper},
                      {"largest_error", off},
                      {"trials", kTrials},
                      {"repetitions", kRepetitions}}};
}

}  // namespace sterlet::practices
