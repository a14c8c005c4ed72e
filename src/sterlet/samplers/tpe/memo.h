#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sterlet/samplers/history_cursor.h"
#include "sterlet/samplers/tpe/kernel.h"
#include "sterlet/samplers/tpe/niche.h"
#include "sterlet/samplers/tpe/split.h"
#include "sterlet/samplers/unit_table.h"

namespace sterlet::samplers {

/// "No slot", and "no trial".
inline constexpr std::uint32_t kTpeNone = UINT32_MAX;
/// g's kernels: the newest trials, and of the others a fixed random choice of so many, which then weigh more.
inline constexpr std::size_t kTpeNewest = 300, kTpeOlderMax = 1200;

/// What TPE keeps between two suggestions, all of it a function of the history: dropping it costs time, nothing else.
class TpeMemo final {
 public:
  /// Kernels in the slots of a table. Which trial is whose is fitted anew for each suggestion; most stay where they are.
  struct Kernels {
    explicit Kernels(const space::Space& space) : table(space) {}
    ParzenTable table;
    std::vector<std::uint32_t> held;  ///< The trial in each slot, or none.
  };

  explicit TpeMemo(const space::Space& space);

  /// Takes in what the history has gained.
  void follow(const space::Space& space, const space::History& history);
  /// Gives each of the newest trials its slot, in turn: that of the trial that is no longer among them.
  void place_newest(std::size_t trials);

  const UnitTable& units() const { return units_; }
  const TrialRanking& ranking() const { return ranking_; }
  TpeNiches& niches() { return niches_; }
  /// Trials before the newest that are kernels, by place; their slots follow those of the newest.
  const std::vector<std::uint32_t>& older() const { return older_; }
  /// The slot of a trial, or none.
  std::uint32_t slot(std::uint32_t trial) const { return slots_[trial]; }
  /// The best trials' kernels, and those of the best elsewhere: where they take turns, both stay as they are.
  Kernels& kernels(bool elsewhere) { return kernels_[elsewhere ? 1 : 0]; }

 private:
  void clear();
  void choose_older(std::uint32_t number);

  HistoryCursor cursor_;
  UnitTable units_;
  TpeNiches niches_;
  TrialRanking ranking_;
  std::vector<std::uint32_t> older_;
  std::vector<std::uint32_t> priorities_;  // The same trials, a heap with the highest priority number first.
  std::vector<std::uint32_t> slots_;       // Of each trial.
  std::uint32_t older_seen_ = 0;
  std::array<Kernels, 2> kernels_;
};

}  // namespace sterlet::samplers
