#include "sterlet/analysis/shapley.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

namespace sterlet::analysis {

namespace {

constexpr std::size_t kExactPlayersMax = 10;
constexpr std::size_t kPredictions = 2000;
constexpr std::size_t kOrdersMin = 5;  // Pairs of an order and its reverse.

class Game final {
 public:
  Game(const Forest& forest, const std::vector<std::uint8_t>& from, const std::vector<std::uint8_t>& to,
       const std::vector<std::vector<std::size_t>>& players)
      : forest_(forest), from_(from), to_(to), players_(players), point_(from) {}

  void start() { point_ = from_; }
  void move(std::size_t player) {
    for (const std::size_t column : players_[player]) point_[column] = to_[column];
  }
  // What each model says.
  std::vector<double> value() const {
    std::vector<double> values;
    for (const Trees& model : forest_.models) values.push_back(model.predict(point_.data()));
    return values;
  }
  std::size_t models() const { return forest_.models.size(); }
  std::size_t players() const { return players_.size(); }

 private:
  const Forest& forest_;
  const std::vector<std::uint8_t>& from_;
  const std::vector<std::uint8_t>& to_;
  const std::vector<std::vector<std::size_t>>& players_;
  std::vector<std::uint8_t> point_;
};

// Of each player, what each model says: model after model.
using Gains = std::vector<std::vector<double>>;

// phi_i = sum over S without i of |S|! (m - |S| - 1)! / m! (v(S + i) - v(S)).
Gains exact_gains(Game& game) {
  const std::size_t m = game.players(), sets = std::size_t{1} << m;
  std::vector<std::vector<double>> values;
  for (std::size_t set = 0; set < sets; ++set) {
    game.start();
    for (std::size_t player = 0; player < m; ++player) {
      if ((set >> player & 1) != 0) game.move(player);
    }
    values.push_back(game.value());
  }
  std::vector<double> weights(m, 1.0 / static_cast<double>(m));
  for (std::size_t size = 1; size < m; ++size) {
    weights[size] = weights[size - 1] * static_cast<double>(size) / static_cast<double>(m - size);
  }
  Gains gains(m, std::vector<double>(game.models(), 0.0));
  for (std::size_t set = 0; set < sets; ++set) {
    for (std::size_t player = 0; player < m; ++player) {
      if ((set >> player & 1) != 0) continue;
      const std::vector<double>& with = values[set | std::size_t{1} << player];
      const double weight = weights[static_cast<std::size_t>(std::popcount(set))];
      for (std::size_t b = 0; b < game.models(); ++b) gains[player][b] += weight * (with[b] - values[set][b]);
    }
  }
  return gains;
}

Gains drawn_gains(Game& game, std::uint64_t seed) {
  const std::size_t m = game.players();
  const std::size_t pairs = std::max(kOrdersMin, kPredictions / (2 * m));
  base::RandomStream stream({.seed = seed, .trial = 2, .stream = kAnalysisStream});
  Gains gains(m, std::vector<double>(game.models(), 0.0));
  std::vector<std::size_t> order(m);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = 0; i < 2 * pairs; ++i) {
    if (i % 2 == 0) {
      for (std::size_t k = 0; k + 1 < m; ++k) std::swap(order[k], order[k + stream.below(m - k)]);
    } else {
      std::reverse(order.begin(), order.end());
    }
    game.start();
    std::vector<double> before = game.value();
    for (const std::size_t player : order) {
      game.move(player);
      std::vector<double> after = game.value();
      for (std::size_t b = 0; b < game.models(); ++b) {
        gains[player][b] += (after[b] - before[b]) / static_cast<double>(2 * pairs);
      }
      before = std::move(after);
    }
  }
  return gains;
}

double mean_of(const std::vector<double>& values) {
  return values.empty() ? 0 : std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

}  // namespace

Shapley shapley_values(const Forest& forest, const std::vector<std::uint8_t>& from, const std::vector<std::uint8_t>& to,
                       const std::vector<std::vector<std::size_t>>& players, std::uint64_t seed) {
  Shapley out;
  if (players.empty() || forest.models.empty()) {
    out.shares.resize(players.size());
    return out;
  }
  Game game(forest, from, to, players);
  const Gains gains = players.size() <= kExactPlayersMax ? exact_gains(game) : drawn_gains(game, seed);
  for (const std::vector<double>& each : gains) {
    const double mean = mean_of(each);
    double squares = 0;
    for (const double gain : each) squares += (gain - mean) * (gain - mean);
    const double sd = std::sqrt(squares / static_cast<double>(std::max<std::size_t>(each.size(), 2) - 1));
    out.shares.push_back({.value = mean, .low = mean - 1.645 * sd, .high = mean + 1.645 * sd});
  }
  game.start();
  out.from = mean_of(game.value());
  for (std::size_t player = 0; player < players.size(); ++player) game.move(player);
  out.to = mean_of(game.value());
  return out;
}

}  // namespace sterlet::analysis
