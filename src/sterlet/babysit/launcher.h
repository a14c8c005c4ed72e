#pragma once

#include <optional>

#include "sterlet/babysit/actions/action.h"

namespace sterlet::babysit {

/// Starts the model's program, from the newest whole checkpoint of the active branch.
class Launcher final {
 public:
  explicit Launcher(Desk& desk) : desk_(desk) {}

  /// False: a checkpoint is being read, or another program holds the storage; it is to be tried again later. One
  /// transaction of its own. Errors: those of the storage and of Executor::launch.
  base::Result<bool> launch(const study::Claim& claim);

 private:
  base::Result<std::optional<std::optional<storage::CheckpointRecord>>> choose_restore_point();
  base::Result<void> give_up_branch();

  Desk& desk_;
};

}  // namespace sterlet::babysit
