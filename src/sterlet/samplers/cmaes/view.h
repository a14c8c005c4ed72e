#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "sterlet/base/rng.h"
#include "sterlet/samplers/cmaes/state.h"
#include "sterlet/space/history.h"
#include "sterlet/space/space.h"

namespace sterlet::samplers {

/// A draw: where it fell on the search distribution's own axes, and what it is in the unit cube.
struct CmaesDraw {
  std::vector<double> sample;  ///< One number a coordinate; may lie outside [0, 1].
  std::vector<double> unit;    ///< One number a dimension of the space, all in [0, 1] and multiples of 2^-40.
};

/// How a trial's result compares: failures last, pruned trials before them; else by violation of the constraints, then
/// by value (of pruned ones: those that came further first). Ties by trial number.
struct CmaesStanding {
  int outcome = 0;  ///< 0 complete, 1 pruned, 2 failed.
  double violation = 0;
  double value = 0;
  std::int64_t steps_left = 0;  ///< Minus the last step, of pruned trials.
  std::int64_t number = 0;

  auto operator<=>(const CmaesStanding&) const = default;
};
CmaesStanding cmaes_standing(const space::Observation& trial);

/// A space as CMA-ES sees it: ordered dimensions with more than one value are its coordinates; categorical ones follow
/// a table of shares, one a choice. Dimensions that conditions may switch off are drawn all the same.
class CmaesView final {
 public:
  explicit CmaesView(space::Space space);

  const space::Space& space() const { return space_; }
  std::size_t coordinate_count() const { return coordinates_.size(); }
  std::size_t searched_count() const { return coordinates_.size() + choices_.size(); }
  std::size_t share_count() const { return share_count_; }
  bool is_discrete(std::size_t coordinate) const { return levels_[coordinate] > 0; }

  /// The coordinates' part of a row of the unit cube; 0.5 where inactive.
  std::vector<double> coordinates_of(std::span<const double> unit) const;
  std::vector<double> even_shares() const;
  /// Adds `amount` to the share of each choice in a row of the unit cube.
  void add_choices(std::span<const double> unit, double amount, std::vector<double>& shares) const;
  /// Makes the shares of each dimension sum to 1, none below `least` of an even share.
  void normalise(std::vector<double>& shares, double least) const;

  /// The next draw of a stream, the spread widened by `widening`.
  CmaesDraw draw(const CmaesState& state, std::span<const double> shares, double widening,
                 base::RandomStream& stream) const;
  /// A sample that could have led to a row of the unit cube: continuous coordinates are the row's own, others are drawn
  /// from within their level, or from everywhere where inactive.
  std::vector<double> sample_behind(const CmaesState& state, std::span<const double> unit,
                                    base::RandomStream& stream) const;
  /// Mirrors continuous coordinates of the mean back into the cube and keeps the margin of discrete ones.
  void settle(CmaesState& state, double margin) const;

 private:
  std::uint64_t level_at(std::size_t coordinate, double unit) const;
  CmaesCell cell_of(std::size_t coordinate, std::uint64_t level) const;

  space::Space space_;
  std::vector<std::size_t> coordinates_;  // Dimensions.
  std::vector<std::uint64_t> levels_;     // One a coordinate; 0: continuous.
  struct Choice {
    std::size_t dimension = 0, count = 0, first_share = 0;
  };
  std::vector<Choice> choices_;
  std::size_t share_count_ = 0;
};

}  // namespace sterlet::samplers
