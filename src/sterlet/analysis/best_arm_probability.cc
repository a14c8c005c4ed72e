// How likely it is that an arm is the best: what the true means of the other good arms may be decides it, above all how
// they crowd at the good end. A normal prior sees them spread there as its thin tail is; an optimiser's points, and
// random points around an optimum, rather have an edge below which there is nothing, and pile up at it. Which it is is
// not known, so that a family of shapes from sharp edge to nearly normal is averaged, each by how well it tells the
// best arms' means.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "sterlet/analysis/best_arm.h"
#include "sterlet/analysis/best_arm_noise.h"
#include "sterlet/base/normal.h"

namespace sterlet::analysis {

namespace {

constexpr std::size_t kArmsForPrior = 5;
constexpr std::size_t kArmsMax = 40;  // The best ones, that tell the shape.
constexpr std::size_t kNoisePoints = 5;
constexpr std::size_t kFlatNoisePoints = 15;
constexpr std::size_t kFlatValuePoints = 65;
constexpr double kReach = 5;  // Standard deviations; beyond, a normal distribution holds 1e-6.
constexpr double kNegligible = 1e-3;

// Of the true means, v = edge + scale x, x of a gamma distribution. 1: exponential, sharp. 20: nearly normal.
constexpr std::array<double, 5> kShapes = {1, 1.5, 3, 10, 50};
// How far apart the best arms' true means are, up to twice as far as they were observed.
constexpr std::size_t kWidths = 8;
constexpr double kWidthHigh = 2;
// Where they lie, around where they were observed.
constexpr std::size_t kShifts = 9;

// Cells of v: below where the leader may lie, there, up to the others of the best arms, and beyond.
constexpr std::size_t kBelow = 16, kLeader = 112, kBest = 64, kBeyond = 16;
constexpr std::size_t kCells = kBelow + kLeader + kBest + kBeyond;

// The distribution function of a gamma distribution of scale 1, for shapes >= 1, by the trapezoid rule in sqrt(x).
class GammaTable {
 public:
  explicit GammaTable(double shape) : end_(shape + 8 * std::sqrt(shape) + 8) {
    double before = 0;
    for (std::size_t i = 1; i < kSize; ++i) {
      const double root = std::sqrt(end_) * static_cast<double>(i) / static_cast<double>(kSize - 1);
      // x = root^2, dx = 2 root droot.
      const double now = 2 * std::exp((2 * shape - 1) * std::log(root) - root * root - std::lgamma(shape));
      below_[i] = below_[i - 1] + 0.5 * (before + now) * std::sqrt(end_) / static_cast<double>(kSize - 1);
      before = now;
    }
    for (double& share : below_) share /= below_.back();
  }
  double below(double x) const {
    if (x <= 0) return 0;
    if (x >= end_) return 1;
    const double place = std::sqrt(x / end_) * static_cast<double>(kSize - 1);
    const auto at = std::min(static_cast<std::size_t>(place), kSize - 2);
    return below_[at] + (place - static_cast<double>(at)) * (below_[at + 1] - below_[at]);
  }
  double quantile(double share) const {
    const auto above = std::lower_bound(below_.begin() + 1, below_.end() - 1, share);
    const double step = *above - *(above - 1);
    const double place = static_cast<double>(above - below_.begin()) - (step > 0 ? (*above - share) / step : 0);
    const double root = std::sqrt(end_) * place / static_cast<double>(kSize - 1);
    return root * root;
  }

 private:
  static constexpr std::size_t kSize = 1024;
  double end_;
  std::array<double, kSize> below_{};
};

// What can be seen of the arms on a grid of true means, for one variance of the noise.
struct Grid {
  std::array<double, kCells + 1> edges{};
  std::vector<std::array<double, kCells>> likelihood;  // Of each arm's mean; of the leader first.
  // Of the arms that do not tell the shape: to lie above the cut. Each with how many arms have so many runs.
  std::vector<std::pair<std::array<double, kCells>, std::int64_t>> above;
};

struct Problem {
  std::vector<Arm> arms;  // The leader first, then by mean; the first `telling` tell the shape.
  std::size_t telling = 0;
  double cut = 0;    // Highest mean of those.
  double width = 0;  // From the lowest to it.
};

Problem problem_of(std::span<const Arm> arms, std::size_t leader) {
  Problem problem;
  problem.arms.assign(arms.begin(), arms.end());
  std::swap(problem.arms[0], problem.arms[leader]);
  std::stable_sort(problem.arms.begin() + 1, problem.arms.end(),
                   [](const Arm& a, const Arm& b) { return a.mean < b.mean; });
  problem.telling = std::clamp((arms.size() + 2) / 3, kArmsForPrior, kArmsMax);
  problem.cut = problem.arms[problem.telling - 1].mean;
  problem.width = problem.cut - std::min(problem.arms[0].mean, problem.arms[1].mean);
  return problem;
}

// Edges of the cells, each part evenly divided.
std::array<double, kCells + 1> edges_of(const Problem& problem, double sd, double width) {
  const Arm& leader = problem.arms[0];
  const double reach = kReach * sd / std::sqrt(static_cast<double>(leader.runs));
  double low = leader.mean - 1.01 * reach;
  for (std::size_t i = 1; i < problem.telling; ++i) {
    const Arm& arm = problem.arms[i];
    low = std::min(low, arm.mean - kReach * sd / std::sqrt(static_cast<double>(arm.runs)));
  }
  std::array<double, kCells + 1> edges{};
  std::size_t at = 0;
  const auto divide = [&](double from, double to, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      edges[at++] = from + (to - from) * static_cast<double>(i) / static_cast<double>(count);
  };
  const double high = leader.mean + reach;
  const double last = std::max(problem.cut + 3 * sd, high + 0.1 * width);
  divide(low, leader.mean - reach, kBelow);
  divide(leader.mean - reach, high, kLeader);
  divide(high, last, kBest);
  double step = (last - low) / static_cast<double>(kCells);
  edges[at] = last;
  for (; at < kCells; ++at, step *= 1.5) edges[at + 1] = edges[at] + step;
  return edges;
}

Grid grid_of(const Problem& problem, double sd, double width) {
  Grid grid{.edges = edges_of(problem, sd, width)};
  for (const Arm& arm : problem.arms) {
    const double own = sd / std::sqrt(static_cast<double>(arm.runs));
    const double to_far = (arm.mean - grid.edges[kCells - kBeyond]) / own;
    if (grid.likelihood.size() >= problem.telling && to_far > kReach) continue;  // It cannot lie below the best.
    // The normal density, averaged over each cell.
    std::array<double, kCells> row{};
    double below = base::normal_cdf((grid.edges[0] - arm.mean) / own);
    for (std::size_t i = 0; i < kCells; ++i) {
      const double next = base::normal_cdf((grid.edges[i + 1] - arm.mean) / own);
      row[i] = (next - below) * own / (grid.edges[i + 1] - grid.edges[i]);
      below = next;
    }
    grid.likelihood.push_back(row);
  }
  const auto middle = [&](std::size_t i) { return 0.5 * (grid.edges[i] + grid.edges[i + 1]); };
  std::map<std::int64_t, std::int64_t> counts;  // By runs.
  for (std::size_t i = problem.telling; i < problem.arms.size(); ++i) ++counts[problem.arms[i].runs];
  for (const auto& [runs, count] : counts) {
    std::array<double, kCells> row{};
    for (std::size_t i = 0; i < kCells; ++i)
      row[i] = base::normal_cdf((middle(i) - problem.cut) * std::sqrt(static_cast<double>(runs)) / sd);
    grid.above.emplace_back(row, count);
  }
  return grid;
}

double dot(const std::array<double, kCells>& a, const std::array<double, kCells>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < kCells; ++i) sum += a[i] * b[i];
  return sum;
}

// That the first arm's true mean is the least, the true means being of that distribution over the cells. Within a cell
// means are spread evenly; the chance that all others lie above is averaged there by Simpson's rule, as of many arms it
// may fall much within one.
double chance_of_first(const Grid& grid, const std::array<double, kCells>& prior) {
  std::array<double, kCells> leader{}, at_middle{};
  std::array<double, kCells + 1> at_edge{};
  at_middle.fill(1);
  at_edge.fill(1);
  for (std::size_t arm = 0; arm < grid.likelihood.size(); ++arm) {
    const double whole = dot(grid.likelihood[arm], prior);
    if (!(whole > 0)) continue;  // Far above.
    double above = 1;
    for (std::size_t i = 0; i < kCells; ++i) {
      const double here = grid.likelihood[arm][i] * prior[i] / whole;
      if (arm == 0) {
        leader[i] = here;
        continue;
      }
      at_middle[i] *= std::max(0.0, above - 0.5 * here);
      above = std::max(0.0, above - here);
      at_edge[i + 1] *= above;
    }
  }
  double sum = 0;
  for (std::size_t i = 0; i < kCells; ++i) sum += leader[i] * (at_edge[i] + 4 * at_middle[i] + at_edge[i + 1]) / 6;
  return sum;
}

// One possibility of what the noise and the distribution of the true means are.
struct Possibility {
  std::size_t grid = 0, table = 0;
  double edge = 0, scale = 0, log_weight = 0;
};

std::array<double, kCells> prior_of(const Possibility& one, const Grid& grid, const GammaTable& table) {
  std::array<double, kCells> prior{};
  double below = 0;  // What lies lower than the grid counts as its first cell, what lies higher as its last.
  for (std::size_t i = 0; i < kCells; ++i) {
    const double next = i + 1 == kCells ? 1 : table.below((grid.edges[i + 1] - one.edge) / one.scale);
    prior[i] = next - below;
    below = next;
  }
  return prior;
}

// Of the means of the arms that tell the shape, and of the others to lie above the cut; times the noise's constant.
double log_likelihood(const Problem& problem, const Grid& grid, const std::array<double, kCells>& prior) {
  const auto log_of = [](double share) { return std::log(std::max(share, std::numeric_limits<double>::min())); };
  double sum = 0;
  for (std::size_t i = 0; i < problem.telling; ++i) sum += log_of(dot(grid.likelihood[i], prior));
  for (const auto& [row, count] : grid.above) sum += static_cast<double>(count) * log_of(dot(row, prior));
  return sum;
}

double crowded_probability(std::span<const Arm> arms, std::size_t leader, const PooledNoise& pooled) {
  const Problem problem = problem_of(arms, leader);
  const double share = (static_cast<double>(problem.telling) - 0.5) / static_cast<double>(arms.size());
  std::vector<GammaTable> tables;
  for (const double shape : kShapes) tables.emplace_back(shape);
  std::vector<Grid> grids;
  std::vector<Possibility> all;
  double highest = -std::numeric_limits<double>::infinity();
  for (const NoiseFactor& factor : noise_factors(pooled.freedom, kNoisePoints)) {
    const double noise = pooled.variance * std::exp(factor.log_factor), sd = std::sqrt(noise);
    const double width = std::max(problem.width, 1e-3 * sd);
    grids.push_back(grid_of(problem, sd, width));
    const double constant = factor.log_weight - 0.5 * std::log(noise) * static_cast<double>(problem.telling);
    for (std::size_t table = 0; table < tables.size(); ++table) {
      const double quantile = tables[table].quantile(share);
      for (std::size_t w = 0; w < kWidths; ++w) {
        const double part = width * kWidthHigh * (static_cast<double>(w) + 0.5) / static_cast<double>(kWidths);
        for (std::size_t s = 0; s < kShifts; ++s) {
          const double shift = 2 * static_cast<double>(s) / static_cast<double>(kShifts - 1) - 1;
          Possibility one{.grid = grids.size() - 1,
                          .table = table,
                          .edge = problem.cut - part + shift * std::max(width, sd),
                          .scale = part / quantile};
          one.log_weight = constant + log_likelihood(problem, grids.back(), prior_of(one, grids.back(), tables[table]));
          highest = std::max(highest, one.log_weight);
          all.push_back(one);
        }
      }
    }
  }
  double sum = 0, weights = 0;
  for (const Possibility& one : all) {
    const double weight = std::exp(one.log_weight - highest);
    if (weight < kNegligible) continue;
    weights += weight;
    sum += weight * chance_of_first(grids[one.grid], prior_of(one, grids[one.grid], tables[one.table]));
  }
  return std::clamp(sum / weights, 0.0, 1.0);
}

// With fewer arms than tell anything of a distribution: nothing is known of a true mean but its arm's runs. The
// integral of the density of the leader's times the chance that all others lie above, by the trapezoid rule.
double flat_chance(std::span<const Arm> arms, std::size_t leader, double noise) {
  const auto sd_of = [&](const Arm& arm) { return std::sqrt(noise / static_cast<double>(arm.runs)); };
  constexpr double kStep = 2 * kReach / static_cast<double>(kFlatValuePoints - 1);
  double sum = 0;
  for (std::size_t i = 0; i < kFlatValuePoints; ++i) {
    const double z = -kReach + kStep * static_cast<double>(i);
    double product = base::normal_pdf(z) * kStep;
    for (std::size_t j = 0; j < arms.size(); ++j) {
      if (j == leader) continue;
      const double value = arms[leader].mean + sd_of(arms[leader]) * z;
      product *= base::normal_cdf((arms[j].mean - value) / sd_of(arms[j]));
    }
    sum += product;
  }
  return std::min(sum, 1.0);
}

}  // namespace

std::optional<double> probability_of_best(std::span<const Arm> arms, const BestArm& best) {
  if (arms.size() == 1) return 1;
  const PooledNoise pooled = pooled_noise(arms);
  if (pooled.freedom == 0) return std::nullopt;
  if (arms.size() >= kArmsForPrior) return crowded_probability(arms, best.index, pooled);
  double sum = 0, weights = 0;
  for (const NoiseFactor& factor : noise_factors(pooled.freedom, kFlatNoisePoints)) {
    const double weight = std::exp(factor.log_weight);
    weights += weight;
    sum += weight * flat_chance(arms, best.index, pooled.variance * std::exp(factor.log_factor));
  }
  return std::min(sum / weights, 1.0);
}

}  // namespace sterlet::analysis
