#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sterlet/samplers/unit_table.h"
#include "sterlet/space/space.h"

namespace sterlet::samplers {

/// The places of a history where the best trials have drawn together, so that one more there would hardly differ.
class TpeNiches final {
 public:
  explicit TpeNiches(const space::Space& space);

  /// Whether 8 trials or more agree in which dimensions are active and in every choice, and differ by a standard
  /// deviation of at most 0.03 in each ordered dimension.
  bool have_drawn_together(const UnitTable& units, std::span<const std::uint32_t> trials) const;

  /// Of `ranked`, best first, those that lie apart (by over 0.1 in an ordered dimension, or by a choice) from `best`.
  std::vector<std::uint32_t> apart_from(const UnitTable& units, std::span<const std::uint32_t> ranked,
                                        std::uint32_t best) const;

 private:
  bool lie_apart(std::span<const double> a, std::span<const double> b) const;

  std::vector<std::size_t> levels_;  // A dimension: its choices; 0 if it is ordered.
};

}  // namespace sterlet::samplers
