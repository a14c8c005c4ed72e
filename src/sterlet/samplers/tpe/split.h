#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sterlet/samplers/history_cursor.h"
#include "sterlet/space/history.h"

namespace sterlet::samplers {

/// The trials of a history from best to worst, kept up to date change by change: a tell costs O(log n) comparisons and
/// a move of up to n numbers.
///
/// Order     complete and feasible ones by value; then pruned ones, those that got further first, then by value; then
///           infeasible ones by the sum of what they exceed their constraints by. Equal ones by number. Infinite values
///           keep their place in the order. Failed trials, and those without a value or with NaN, have no rank.
/// Several objectives: complete and feasible ones by the front of non-domination they are on.
class TrialRanking final {
 public:
  void clear();
  void update(const space::History& history, std::span<const std::uint32_t> changed);

  /// The `count` best, best first; of the front that does not fit, the subset with the largest hypervolume.
  std::vector<std::uint32_t> best(const space::History& history, std::size_t count) const;
  /// All that have a rank, by the first objective's value where there are several.
  std::span<const std::uint32_t> order() const { return order_; }
  /// How many trials have a rank, and how many have none although they are over.
  std::size_t ranked() const { return order_.size(); }
  std::size_t failed() const { return failed_; }
  /// Whether it is over, with a value, within its constraints.
  bool succeeded(std::uint32_t number) const {
    return keys_[number].group == Group::kComplete || keys_[number].group == Group::kPruned;
  }
  /// How many trials broke a told constraint.
  std::size_t infeasible() const { return infeasible_; }

 private:
  enum class Group : std::uint8_t { kNone, kFailed, kComplete, kPruned, kInfeasible };
  struct Key {
    Group group = Group::kNone;
    double first = 0, second = 0;
    std::uint32_t number = 0;
    auto operator<=>(const Key&) const = default;
  };
  static Key key_of(const space::Observation& trial);
  std::vector<std::uint32_t> best_of_several(const space::History& history, std::size_t count) const;

  std::vector<Key> keys_;             // One a trial.
  std::vector<std::uint32_t> order_;  // Ranked trials, ascending by key.
  std::size_t failed_ = 0, infeasible_ = 0;
};

}  // namespace sterlet::samplers
