#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sterlet/samplers/unit_table.h"
#include "sterlet/space/space.h"

namespace sterlet::samplers {

/// The places of a history where the best trials have drawn together, so that one more there would hardly differ.
///
/// Which trials lie apart from one is remembered for the few trials last asked about, in a byte a trial each, as a
/// study asks about the same best ones over and over.
class TpeNiches final {
 public:
  explicit TpeNiches(const space::Space& space);

  /// To be told when the trials are those of another history.
  void clear() { known_.clear(); }

  /// Whether 8 trials or more agree in which dimensions are active and in every choice, and differ by a standard
  /// deviation of at most 0.03 in each ordered dimension.
  bool have_drawn_together(const UnitTable& units, std::span<const std::uint32_t> trials) const;

  /// Of `ranked`, best first, those that lie apart (by over 0.1 in an ordered dimension, or by a choice) from `best`.
  /// Cost O(n) and O(d) a trial that came since `best` was last asked about; O(n d) the first time.
  std::vector<std::uint32_t> apart_from(const UnitTable& units, std::span<const std::uint32_t> ranked,
                                        std::uint32_t best);

 private:
  struct Known {
    std::uint32_t best = 0;
    std::vector<std::uint8_t> apart;  // Of each trial: 1 if it lies apart from that one.
  };
  bool lie_apart(std::span<const double> a, std::span<const double> b) const;
  const std::vector<std::uint8_t>& apart_by_trial(const UnitTable& units, std::uint32_t best);

  std::vector<std::size_t> levels_;  // A dimension: its choices; 0 if it is ordered.
  std::vector<Known> known_;         // Last asked about last.
};

}  // namespace sterlet::samplers
