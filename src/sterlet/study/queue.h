#pragma once

#include <deque>
#include <optional>
#include <string>

#include "sterlet/base/result.h"
#include "sterlet/study/ledger.h"

namespace sterlet::study {

/// The points that people want tried next, the oldest first: the storage's, or without one those that the study file
/// enqueues and what is pushed behind them. Calls come within a transaction.
class Queue final {
 public:
  /// Borrows the ledger for its life.
  explicit Queue(Ledger& ledger);

  base::Result<void> push(const std::string& params);
  /// Takes the oldest one off.
  base::Result<std::optional<std::string>> pop();

 private:
  Ledger& ledger_;
  std::deque<std::string> points_;  // Without a storage.
};

}  // namespace sterlet::study
