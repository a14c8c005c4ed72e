#pragma once

#include <cstdint>
#include <memory>

#include "sterlet/pruners/pruner.h"
#include "sterlet/pruners/study_facts.h"

namespace sterlet::pruners {

struct PatientOptions {
  std::int64_t patience = 5;  ///< >= 1. Reports without improvement that are borne.
  double min_delta = 0;       ///< >= 0. Less than this is no improvement.
};

/// Stops a trial only once it has not improved for some reports, and then only if another pruner would stop it too.
///
/// Edges     NaN is no improvement; the first number is. `wrapped` null: standing still is enough.
/// Cost      that of the wrapped one, and O(1).
/// Source    Prechelt: Early stopping, but when?, in Neural Networks: Tricks of the Trade, 1998 (criterion UP).
std::unique_ptr<Pruner> make_patient(const PatientOptions& options, std::unique_ptr<Pruner> wrapped,
                                     const StudyFacts& facts);

}  // namespace sterlet::pruners
