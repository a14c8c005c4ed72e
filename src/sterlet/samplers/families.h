#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sterlet/base/rng.h"
#include "sterlet/samplers/unit_table.h"
#include "sterlet/space/history.h"
#include "sterlet/space/space.h"

namespace sterlet::samplers {

/// One choice taken.
struct Choice {
  std::size_t dimension = 0;
  std::size_t level = 0;
  double unit = 0;  ///< The level's coordinate.
};
/// Choices from the root of a tree of conditions downwards; empty: no family.
using Family = std::vector<Choice>;

/// Whether a row of unit coordinates lies in a family.
bool is_in(const Family& family, std::span<const double> row);

/// Keeps a sampler from staying in the first good family of settings: some trials look at a family that may yet have
/// the best setting, whatever a model of the whole space says of it.
///
/// Families  what lies under each choice of a parameter that others depend on (`when`), down the tree. In a space
///           without conditions, the choices of each categorical parameter with at least kFewestLevels, in turn.
/// Whose     every second trial; without conditions every fourth up to trial kEarly. The family with
/// turn      the fewest trials, until each has about log2 of all trials; then that with the lowest plausible best, first
///           among those that have less than half of an equal share: its best less its spread times
///           sqrt(ln(all + 1) / own). The spread is how far its better half lies behind its best, and counts together
///           with two trials as far apart as the families' bests are.
/// Measured  docs/decisions/0005-families.md and 0007-gp-confirming.md.
/// Cost      O(n d) a turn.
/// Source    the optimism after Auer, Cesa-Bianchi, Fischer: Finite-time analysis of the multiarmed bandit problem,
///           Machine Learning 47, 2002; here of a family's best, not of its mean.
class Families final {
 public:
  static constexpr std::size_t kFewestLevels = 3, kMostLevels = 12;
  static constexpr std::uint64_t kEarly = 40;

  explicit Families(const space::Space& space);

  /// The family that trial `number` should look at; empty where it is no family's turn. `table`: coordinates of every
  /// trial of the history. Of several objectives only the first one counts.
  Family in_turn(const space::History& history, const UnitTable& table, std::uint64_t number) const;
  /// A point of the family that the history does not have, drawn; if `middle`, numbers in the middle of their ranges.
  /// Nothing where 16 draws find none.
  std::optional<space::Point> draw(const Family& family, const space::History& history, bool middle,
                                   const base::StreamKey& key) const;

 private:
  struct Fork {
    std::size_t dimension = 0, levels = 0;
    bool conditional = false;
  };
  struct Arm {
    std::size_t trials = 0;
    std::vector<double> values;  // Ascending.
  };
  std::vector<Arm> arms_of(const Fork& fork, const space::History& history, const UnitTable& table,
                           const std::vector<std::size_t>& among) const;
  Choice choice_of(const Fork& fork, std::size_t level) const;

  const space::Space& space_;
  std::vector<Fork> forks_;  // In the order of evaluation.
  bool conditions_ = false;
};

}  // namespace sterlet::samplers
