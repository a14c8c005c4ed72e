#pragma once

#include <set>
#include <string>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/study/ledger.h"

namespace sterlet::study {

/// Which checkpoints of a population's members nothing needs any more. Needed are those that a turn still begins from,
/// and the newest of each member: the trained models.
class SpentCheckpoints final {
 public:
  /// Borrows the ledger for its life.
  explicit SpentCheckpoints(const Ledger& ledger) : ledger_(ledger) {}

  /// A program has told this path.
  void told(const std::string& path) { told_.insert(path); }
  /// Looks for those that are spent since the last look: after an interval was settled and the next one decided, before
  /// any of its turns begins.
  void look();
  /// Those that were found; each is handed out once.
  std::vector<std::string> take();
  /// The open transaction was taken back: the next look, or find_all(), finds them again.
  void forget();
  /// All that are spent, also those of earlier sessions. Cost: all events.
  base::Result<std::vector<std::string>> find_all() const;

 private:
  std::set<std::string> needed() const;

  const Ledger& ledger_;
  std::set<std::string> told_;  // Since the last interval was settled, by this process.
  std::vector<std::string> spent_;
  int turn_ = -1;  // Interval whose end was looked at.
};

}  // namespace sterlet::study
