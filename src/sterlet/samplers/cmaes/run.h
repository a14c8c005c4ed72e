#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sterlet/samplers/cmaes/state.h"
#include "sterlet/samplers/cmaes/view.h"

namespace sterlet::samplers {

/// The search after some generation: a function of the trials with numbers below `next` alone.
struct CmaesRun {
  std::size_t next = 0;
  std::size_t index = 0;  ///< Generations since the start, restarts included.
  CmaesConstants constants;
  CmaesState state;
  std::vector<double> shares;
  CmaesStanding best;
  double flat = 0;                  ///< A range of values that counts as none.
  std::vector<double> lows, highs;  ///< Of recent generations' values.
  std::uint64_t restarts = 0, large_restarts = 0;
  std::size_t used_large = 0, used_small = 0, used_here = 0;  ///< Trials, by kind of restart.
  bool small = false;
};

/// Keeps the range of a generation's values, by which a search that finds no better ones is known.
void cmaes_note_values(CmaesRun& run, const CmaesView& view, std::span<const CmaesStanding> members);

/// Whether a run has nothing more to find: its values are flat, its spread is below `tolerance` (of the first run; each
/// restart's is finer), or its distribution has come apart. `sigma`: the spread that runs begin with.
bool cmaes_has_stopped(const CmaesRun& run, const CmaesView& view, double tolerance, double sigma);

}  // namespace sterlet::samplers
