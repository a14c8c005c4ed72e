#include "sterlet/analysis/failures.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace sterlet::analysis {

namespace {

constexpr std::size_t kFailedMin = 3;
constexpr double kShareMin = 0.5, kChanceMax = 0.01;
constexpr double kWorthOfABound = 2;  // In ln of the chance.

double log_choose(double n, double k) { return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1); }

// ln P(at least `hits` failures among `inside` of `n` trials, `failed` of which failed).
double log_tail(std::size_t n, std::size_t failed, std::size_t inside, std::size_t hits) {
  const std::size_t most = std::min(failed, inside);
  double sum = 0;
  const auto term = [&](std::size_t k) {
    return log_choose(static_cast<double>(failed), static_cast<double>(k)) +
           log_choose(static_cast<double>(n - failed), static_cast<double>(inside - k)) -
           log_choose(static_cast<double>(n), static_cast<double>(inside));
  };
  const double first = term(hits);
  for (std::size_t k = hits; k <= most; ++k) {
    if (inside - k <= n - failed) sum += std::exp(term(k) - first);
  }
  return first + std::log(sum);
}

struct Candidate {
  FailureSide side;
  std::vector<bool> inside;
  std::size_t count = 0, hits = 0;
  double log_chance = 0;
};

// The best one-sided bound or choice of one column among the rows of `within`, by the chance over all rows.
class Search final {
 public:
  Search(const std::vector<Column>& columns, const std::vector<bool>& failed)
      : columns_(columns),
        failed_(failed),
        total_(static_cast<std::size_t>(std::count(failed.begin(), failed.end(), true))) {}

  // `share_min`: so many of those inside fail.
  std::optional<Candidate> best(const std::vector<bool>& within, double share_min) {
    share_min_ = share_min;
    std::optional<Candidate> best;
    for (std::size_t j = 0; j < columns_.size(); ++j) {
      if (columns_[j].choices > 0) {
        for (std::size_t choice = 0; choice < columns_[j].choices; ++choice) {
          const auto value = static_cast<double>(choice);
          take({.column = j, .low = value, .high = value}, within, best);
        }
        continue;
      }
      std::vector<double> values;
      for (std::size_t row = 0; row < failed_.size(); ++row) {
        const bool counts = within[row] && failed_[row] && !std::isnan(columns_[j].values[row]);
        if (counts) values.push_back(columns_[j].values[row]);
      }
      std::sort(values.begin(), values.end());
      values.erase(std::unique(values.begin(), values.end()), values.end());
      for (const double value : values) {
        take({.column = j, .is_upper = true, .low = value, .high = 1}, within, best);
        take({.column = j, .is_upper = false, .low = 0, .high = value}, within, best);
      }
    }
    return best;
  }
  std::size_t looked_at() const { return looked_at_; }

 private:
  void take(const FailureSide& side, const std::vector<bool>& within, std::optional<Candidate>& best) {
    ++looked_at_;
    Candidate candidate{.side = side, .inside = std::vector<bool>(failed_.size(), false)};
    for (std::size_t row = 0; row < failed_.size(); ++row) {
      const double value = columns_[side.column].values[row];
      if (!within[row] || std::isnan(value) || value < side.low || value > side.high) continue;
      candidate.inside[row] = true;
      ++candidate.count;
      candidate.hits += failed_[row] ? 1 : 0;
    }
    if (candidate.hits < kFailedMin) return;
    if (static_cast<double>(candidate.hits) < share_min_ * static_cast<double>(candidate.count)) return;
    if (candidate.count == failed_.size()) return;
    candidate.log_chance = log_tail(failed_.size(), total_, candidate.count, candidate.hits);
    if (!best || candidate.log_chance < best->log_chance) best = std::move(candidate);
  }

  const std::vector<Column>& columns_;
  const std::vector<bool>& failed_;
  std::size_t total_, looked_at_ = 0;
  double share_min_ = 0;
};

}  // namespace

std::optional<FailureRegion> find_failure_region(const std::vector<Column>& columns, const std::vector<bool>& failed) {
  Search search(columns, failed);
  const std::vector<bool> all(failed.size(), true);
  std::optional<Candidate> best = search.best(all, kShareMin);
  std::vector<FailureSide> sides;
  if (best) sides = {best->side};
  // Two bounds may tell what one cannot. The first then is the one that tells most, or any choice.
  std::vector<Candidate> firsts;
  if (auto any = search.best(all, 0)) firsts.push_back(std::move(*any));
  for (std::size_t j = 0; j < columns.size(); ++j) {
    for (std::size_t choice = 0; choice < columns[j].choices; ++choice) {
      const auto value = static_cast<double>(choice);
      Candidate one{.side = {.column = j, .low = value, .high = value}, .inside = std::vector<bool>(failed.size())};
      for (std::size_t row = 0; row < failed.size(); ++row) one.inside[row] = columns[j].values[row] == value;
      firsts.push_back(std::move(one));
    }
  }
  for (const Candidate& first : firsts) {
    auto second = search.best(first.inside, kShareMin);
    // One bound more must be worth it.
    if (!second || second->side.column == first.side.column) continue;
    if (best && second->log_chance > best->log_chance - kWorthOfABound) continue;
    sides = {first.side, second->side};
    best = std::move(second);
  }
  if (!best) return std::nullopt;
  const double chance = std::exp(std::min(0.0, best->log_chance + std::log(static_cast<double>(search.looked_at()))));
  if (chance >= kChanceMax) return std::nullopt;
  return FailureRegion{.sides = std::move(sides), .inside = best->count, .failed_inside = best->hits, .chance = chance};
}

}  // namespace sterlet::analysis
