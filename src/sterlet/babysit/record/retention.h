#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sterlet/babysit/record/tree.h"
#include "sterlet/base/checksum.h"
#include "sterlet/base/result.h"

namespace sterlet::babysit {

/// Which checkpoints are kept.
struct Retention {
  int last = 3;                             ///< >= 1. So many of the newest.
  int best = 1;                             ///< >= 0. So many with the best objective.
  std::optional<std::int64_t> quota_bytes;  ///< Of all kept ones together; empty: no limit.
};

/// Ids of the kept checkpoints that may go: neither among the last, nor the best, nor taken for a change, nor the start
/// of a branch, nor the newest of a branch. Over the quota the best go too, then those of changes that were undone or
/// are settled, the oldest first; never the newest of the active branch, nor that of the latest change. Ties in value:
/// the older stays.
std::vector<std::int64_t> to_delete(const Tree& tree, const Retention& retention, bool minimize);

/// Bytes of all kept checkpoints.
std::int64_t kept_bytes(const Tree& tree);

/// Whether a checkpoint is what was written, by what was read of it `now`. Errors: kNotFound where it is gone, kDisk
/// where its content is another, and those of reading it.
base::Result<void> verify(const storage::CheckpointRecord& checkpoint, const base::Result<base::FileChecksum>& now);

}  // namespace sterlet::babysit
