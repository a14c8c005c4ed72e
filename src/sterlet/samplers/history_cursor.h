#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "sterlet/space/history.h"

namespace sterlet::samplers {

/// Keeps a sampler's memo in step with a history that grows between two questions.
///
/// A memo may change the time that an answer takes, never the answer: whatever it holds must equal, bit for bit, what a
/// rebuild from the same history gives. A study opened again replays its trials by number, not in the order in which
/// they were told, so nothing kept may depend on that order.
class HistoryCursor final {
 public:
  struct Step {
    bool restart = false;                    ///< Another history than last time, or its first: drop the memo.
    std::span<const std::uint32_t> changed;  ///< Trials appended or updated since, in that order; may repeat. Valid
                                             ///< until the history changes.
  };

  /// Cost O(1).
  Step advance(const space::History& history) {
    const auto changes = history.changes();
    const bool goes_on = position_ <= changes.size() && history.fingerprint(position_) == fingerprint_;
    const std::size_t from = goes_on ? position_ : 0;
    const bool restart = !goes_on || position_ == 0;
    position_ = changes.size();
    fingerprint_ = history.fingerprint(position_);
    return {.restart = restart, .changed = changes.subspan(from)};
  }

 private:
  std::size_t position_ = 0;  // Changes taken in.
  std::uint64_t fingerprint_ = 0;
};

}  // namespace sterlet::samplers
