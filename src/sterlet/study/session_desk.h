#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/study/budget.h"
#include "sterlet/study/ledger.h"
#include "sterlet/study/pruner_desk.h"

namespace sterlet::study {

/// The sessions of a study as they are stored: that ours lives, that others are gone, and what then becomes of their
/// trials. Which of them lives sessions.h says. Without a storage there are none.
class SessionDesk final {
 public:
  /// Borrows all for its life.
  SessionDesk(Ledger& ledger, const Budget& budget, PrunerDesk& pruner)
      : ledger_(ledger), budget_(budget), pruner_(pruner) {}

  /// Stores that this session lives; called at least every 5 s while trials run.
  base::Result<void> beat(storage::SessionRecord session);
  /// Stores that this session has ended: not before nothing is left that would have to be cleaned up after it, since
  /// whoever finds one that has ended does not. A storage that stays locked is no error: the process will be gone.
  base::Result<void> leave(storage::SessionRecord session);
  /// RUNNING trials of sessions whose process is gone become LOST. `is_alive` tells of a session whether it lives.
  /// Returns the sessions that are gone, of those that had not ended and those that held trials.
  base::Result<std::vector<std::string>> collect_lost(
      const std::function<bool(const storage::SessionRecord&)>& is_alive);
  /// Stores that sessions which are gone have ended, so that each is cleaned up after once. By whoever does so.
  base::Result<void> end(const std::vector<std::string>& gone);

  /// From now on this session is handed trials that wait or are lost, and begins no new one, whatever is left of the
  /// budget.
  void only_run_again() { runs_again_only_ = true; }
  bool runs_again_only() const { return runs_again_only_; }

 private:
  Ledger& ledger_;
  const Budget& budget_;
  PrunerDesk& pruner_;
  bool runs_again_only_ = false;
};

}  // namespace sterlet::study
