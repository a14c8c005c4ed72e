#include "sterlet/analysis/size_valley.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "sterlet/math/least_squares.h"

namespace sterlet::analysis {

namespace {

constexpr std::size_t kCells = 33;       // Of the grid, in each direction.
constexpr int kNarrowings = 8;           // At most.
constexpr double kLogLeast = 9;          // A cell with e to the minus of this of the best one's likelihood is left out.
constexpr std::size_t kCellsEnough = 9;  // That a grid must have left in both directions to be fine enough.
constexpr double kReach = 2;             // Of the median above the lowest: so far the weights are flat.
constexpr double kDrawnToAll = 4;        // Results' worth of the noise of all sizes in that of one.
constexpr double kCubicPull = 1e-6;
constexpr double kExact = 1e-10;  // Of the results' variance: squares of less are rounding.
constexpr double kPivotMin = 1e-9;

std::vector<double> weights_of(const std::vector<double>& results) {
  std::vector<double> sorted = results;
  std::sort(sorted.begin(), sorted.end());
  const double low = (sorted[0] + sorted[1]) / 2, reach = kReach * (sorted[sorted.size() / 2] - low);
  std::vector<double> weights;
  for (const double result : results) {
    const double above = reach > 0 ? (result - low) / reach : 0;
    weights.push_back(std::pow(1 + above * above, -2));
  }
  return weights;
}

// What a cubic through one size's results leaves of them, and how many results that is known by; nothing where there are
// too few.
struct Noise {
  double variance = 0, freedom = 1;
};
std::optional<Noise> noise_of(const SizeTrials& trials, const std::vector<double>& weights, double unit) {
  math::LeastSquares fit(4);
  const auto row_of = [&](std::size_t i) {
    const double x = (trials.places[i] - trials.places[0]) / unit;
    return std::array{1.0, x, x * x, x * x * x};
  };
  double sum = 0, squares = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    fit.add(row_of(i), trials.results[i], weights[i]);
    sum += weights[i];
    squares += weights[i] * weights[i];
  }
  fit.pull(3, kCubicPull);
  const auto cubic = fit.solve(kPivotMin);
  if (!cubic) return std::nullopt;
  double left = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    double off = trials.results[i];
    const auto row = row_of(i);
    for (std::size_t j = 0; j < row.size(); ++j) off -= row[j] * (*cubic)[j];
    left += weights[i] * off * off;
  }
  const double count = sum * sum / squares, freedom = std::max(1.0, count - 4);
  return Noise{.variance = left / sum * count / freedom, .freedom = freedom};
}

// Weights of the sizes by their noise, each drawn to that of all.
std::vector<double> weights_by_noise(const std::vector<std::optional<Noise>>& noises) {
  double mean = 0, count = 0;
  for (const auto& noise : noises) {
    if (!noise || !(noise->variance > 0)) return std::vector<double>(noises.size(), 1.0);
    mean += std::log(noise->variance);
    count += 1;
  }
  mean /= count;
  std::vector<double> weights;
  for (const auto& noise : noises) {
    const double share = noise->freedom / (noise->freedom + kDrawnToAll);
    weights.push_back(std::exp(-share * (std::log(noise->variance) - mean)));
  }
  return weights;
}

struct Row {
  std::size_t size = 0;
  double place = 0, result = 0, weight = 0;
};

// Where the lowest points may lie: the corners of the grid.
struct Box {
  std::array<double, 2> middle{}, slope{};
};

class Valleys final {
 public:
  Valleys(std::span<const SizeTrials> sizes, const SlopePrior& prior) : prior_(prior) {
    const auto count = static_cast<double>(sizes.size());
    for (const SizeTrials& each : sizes) mean_ += std::log(each.size) / count;
    for (const SizeTrials& each : sizes) {
      for (const double place : each.places) {
        low_ = std::min(low_, place);
        high_ = std::max(high_, place);
      }
    }
    std::vector<std::vector<double>> own;
    std::vector<std::optional<Noise>> noises;
    for (const SizeTrials& each : sizes) {
      own.push_back(weights_of(each.results));
      noises.push_back(noise_of(each, own.back(), std::max(high_ - low_, 1e-300)));
    }
    const std::vector<double> by_noise = weights_by_noise(noises);
    double weights = 0, squares = 0, mean = 0;
    for (std::size_t s = 0; s < sizes.size(); ++s) {
      ways_.push_back(std::log(sizes[s].size) - mean_);
      for (std::size_t i = 0; i < own[s].size(); ++i) {
        const double weight = own[s][i] * by_noise[s];
        rows_.push_back({s, sizes[s].places[i], sizes[s].results[i], weight});
        weights += weight;
        squares += weight * weight;
        mean += weight * sizes[s].results[i];
      }
    }
    mean /= weights;
    for (const Row& row : rows_) spread_ += row.weight * (row.result - mean) * (row.result - mean);
    freedom_ = std::max(1.0, weights * weights / squares - static_cast<double>(sizes.size() + 2));
  }

  double mean_log_size() const { return mean_; }

  // All that is possible.
  Box widest() const {
    const auto [least, most] = std::minmax_element(ways_.begin(), ways_.end());
    const double steepest = (high_ - low_) / (*most - *least);
    return {.middle = {low_, high_}, .slope = {-steepest, steepest}};
  }

  // ln of it, with the prior; minus infinity where that is no valley.
  double log_likelihood(double middle, double slope) const {
    constexpr double kNone = -std::numeric_limits<double>::infinity();
    for (const double way : ways_) {
      const double lowest = middle + slope * way;
      if (lowest < low_ || lowest > high_) return kNone;
    }
    const std::size_t count = ways_.size();
    math::LeastSquares fit(count + 2);
    std::vector<double> row(count + 2);
    const auto fill = [&](const Row& each) {
      const double z = (each.place - middle - slope * ways_[each.size]) / (high_ - low_);
      std::fill(row.begin(), row.end(), 0.0);
      row[each.size] = 1;
      row[count] = z * z;
      row[count + 1] = z * z * z;
    };
    for (const Row& each : rows_) {
      fill(each);
      fit.add(row, each.result, each.weight);
    }
    fit.pull(count + 1, kCubicPull);
    const auto solution = fit.solve(kPivotMin);
    if (!solution || !((*solution)[count] > 0)) return kNone;
    double squares = kExact * spread_;
    for (const Row& each : rows_) {
      fill(each);
      double off = each.result;
      for (std::size_t j = 0; j < row.size(); ++j) off -= row[j] * (*solution)[j];
      squares += each.weight * off * off;
    }
    const double surprise = prior_.spread > 0 ? (slope - prior_.mean) / prior_.spread : 0;
    return -0.5 * freedom_ * std::log(squares) - 0.5 * surprise * surprise;
  }

 private:
  SlopePrior prior_;
  std::vector<Row> rows_;
  std::vector<double> ways_;  // Of each size: ln(size) - m.
  double mean_ = 0, spread_ = 0, freedom_ = 1;
  double low_ = std::numeric_limits<double>::infinity(), high_ = -std::numeric_limits<double>::infinity();
};

// The places of a grid along one side of a box: the middles of its cells.
std::vector<double> cells_of(const std::array<double, 2>& side) {
  std::vector<double> cells;
  for (std::size_t i = 0; i < kCells; ++i) {
    cells.push_back(side[0] + (side[1] - side[0]) * (static_cast<double>(i) + 0.5) / kCells);
  }
  return cells;
}

struct Narrowed {
  Box box;
  bool is_fine = false;
};

// To where the likelihood is, and a cell more on each side.
Narrowed narrowed(const Box& box, const SizeValley& grid, const std::vector<double>& logs, double best) {
  std::array<std::size_t, 2> middle{kCells, 0}, slope{kCells, 0};
  for (std::size_t i = 0; i < kCells; ++i) {
    for (std::size_t k = 0; k < kCells; ++k) {
      if (!(logs[i * kCells + k] > best - kLogLeast)) continue;
      middle = {std::min(middle[0], i), std::max(middle[1], i)};
      slope = {std::min(slope[0], k), std::max(slope[1], k)};
    }
  }
  const auto side = [](const std::array<double, 2>& whole, const std::vector<double>& cells, double step,
                       const std::array<std::size_t, 2>& kept) {
    return std::array{std::max(whole[0], cells[kept[0]] - 1.5 * step), std::min(whole[1], cells[kept[1]] + 1.5 * step)};
  };
  return {.box = {.middle = side(box.middle, grid.middles, grid.middle_step, middle),
                  .slope = side(box.slope, grid.slopes, grid.slope_step, slope)},
          .is_fine = middle[1] - middle[0] + 1 >= kCellsEnough && slope[1] - slope[0] + 1 >= kCellsEnough};
}

}  // namespace

std::optional<SizeValley> fit_size_valley(std::span<const SizeTrials> sizes, const SlopePrior& prior) {
  if (sizes.size() < 2) return std::nullopt;
  for (const SizeTrials& each : sizes) {
    if (each.results.size() < 2 || each.results.size() != each.places.size()) return std::nullopt;
  }
  const Valleys valleys(sizes, prior);
  Box box = valleys.widest();
  if (!(box.middle[0] < box.middle[1]) || !std::isfinite(box.slope[1])) return std::nullopt;
  SizeValley grid{.mean_log_size = valleys.mean_log_size()};
  for (int round = 0; round <= kNarrowings; ++round) {
    grid.middles = cells_of(box.middle);
    grid.slopes = cells_of(box.slope);
    grid.middle_step = (box.middle[1] - box.middle[0]) / kCells;
    grid.slope_step = (box.slope[1] - box.slope[0]) / kCells;
    std::vector<double> logs;
    for (const double middle : grid.middles) {
      for (const double slope : grid.slopes) logs.push_back(valleys.log_likelihood(middle, slope));
    }
    const double best = *std::max_element(logs.begin(), logs.end());
    if (!std::isfinite(best)) return std::nullopt;
    double sum = 0;
    grid.probabilities.clear();
    for (const double each : logs) {
      grid.probabilities.push_back(std::exp(each - best));
      sum += grid.probabilities.back();
    }
    for (double& each : grid.probabilities) each /= sum;
    const Narrowed next = narrowed(box, grid, logs, best);
    if (next.is_fine) break;
    box = next.box;
  }
  return grid;
}

}  // namespace sterlet::analysis
