#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/space/space.h"
#include "sterlet/storage/turns.h"

namespace sterlet::study {

/// The turns of a population in memory, with a journal as Trials has one. Only the ledger changes them.
class TurnLog final {
 public:
  /// By interval, then member.
  const std::vector<storage::TurnRecord>& rows() const { return rows_; }
  /// Adds a turn, or replaces the one of its interval and member.
  void put(const storage::TurnRecord& turn);
  /// Replaces all. Errors: kDisk where one does not fit a study with `trial_count` trials in `space`, or its place.
  base::Result<void> replace(std::vector<storage::TurnRecord> rows, const space::Space& space,
                             std::int64_t trial_count);

  /// Begins the journal.
  void open() { before_.reset(); }
  /// Ends it; unless `is_committed`, the turns are as they were at open().
  void close(bool is_committed);

 private:
  std::vector<storage::TurnRecord> rows_;
  std::optional<std::vector<storage::TurnRecord>> before_;  // At open(); nothing: they have not been changed since.
};

}  // namespace sterlet::study
