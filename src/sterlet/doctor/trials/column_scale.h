#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "sterlet/analysis/scale.h"
#include "sterlet/doctor/trials/trials_view.h"

namespace sterlet::doctor {

/// What the trials say of the scale that a modelled numeric column acts on.
struct ColumnScale {
  std::vector<space::Scale> scales;  ///< That it may have.
  std::size_t current = 0;
  analysis::ScaleVerdict verdict;

  space::Scale best() const { return scales[verdict.best()]; }
  double probability() const { return verdict.probabilities[verdict.best()]; }
  /// Another scale than its own is likely, and the column acts enough for that to mean something.
  bool is_other() const;
};

/// Nothing where its range differs too little from scale to scale.
std::optional<ColumnScale> scale_of(const TrialsView& view, std::size_t column);

/// Whether the column has an edge where it is looked at on that scale.
bool has_edge_on(const TrialsView& view, std::size_t column, space::Scale scale);

}  // namespace sterlet::doctor
