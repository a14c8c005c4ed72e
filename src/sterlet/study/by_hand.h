#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/study/claims.h"
#include "sterlet/study/ledger.h"
#include "sterlet/study/strategies/strategy.h"

namespace sterlet::study {

/// What a person decides of single trials, beside the strategy: begins one, takes one over, has some run again or takes
/// them out. Each call is a transaction.
class ByHand final {
 public:
  /// Borrows all for its life; the strategy may be made later.
  ByHand(Ledger& ledger, Claims& claims, const std::unique_ptr<Strategy>& strategy)
      : ledger_(ledger), claims_(claims), strategy_(strategy) {}

  /// Starts a trial at a point of the caller's choice, beside the sampler's sequence and the budget.
  base::Result<Claim> start(space::Point point, space::Origin origin);
  /// Runs a trial that is not finished again, as a further attempt held by this session. Errors: kConflict where it is
  /// finished.
  base::Result<Claim> take_over(std::int64_t trial);
  /// Makes these the reports of the running attempt: what was told of a line of training that was left does not count.
  base::Result<void> restate(std::int64_t trial, int attempt, const std::vector<storage::ReportRecord>& reports);
  /// Makes trials that failed, were lost or cancelled wait for their next attempt: all of them, or where one is refused
  /// none. Errors: kNotFound; kConflict as Claims::check_again, and with strategy: pbt.
  base::Result<void> retry(std::span<const std::int64_t> trials);
  /// Takes trials out of the study: their numbers alone are left, which no other trial gets. All of them, or where one is
  /// refused none. Files are the caller's. Errors: kNotFound; kConflict for one that runs, and with strategy: pbt.
  base::Result<void> remove(std::span<const std::int64_t> trials);

 private:
  base::Result<void> check(std::span<const std::int64_t> trials) const;

  Ledger& ledger_;
  Claims& claims_;
  const std::unique_ptr<Strategy>& strategy_;
};

}  // namespace sterlet::study
