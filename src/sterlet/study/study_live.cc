// The part of Study that raising one model needs: trials started and taken over by hand.
#include <fmt/format.h>

#include "sterlet/study/study.h"

namespace sterlet::study {

using base::ErrorCode;
using base::Result;
using storage::State;

Result<Claim> Study::start_at(space::Point point, space::Origin origin) {
  const auto number = ledger_.next_number();
  const std::int64_t now = ledger_.clock().wall_ms();
  storage::TrialRecord record{.number = number,
                              .state = State::kRunning,
                              .attempt = 1,
                              .history_seq = ledger_.seen_seq(),
                              .created_ms = now,
                              .started_ms = now};
  STERLET_PASS(ledger_.append(std::move(record), point, origin, "claim", "babysit"));
  return Claim{.number = number, .attempt = 1, .point = std::move(point)};
}

Result<Claim> Study::take_over(std::int64_t trial) {
  return within(ledger_, [&]() -> Result<Claim> {
    storage::TrialRecord record = ledger_.record(trial);
    const bool unfinished = record.state == State::kWaiting || record.state == State::kRunning ||
                            record.state == State::kPaused || record.state == State::kLost;
    if (!unfinished) {
      return base::fail(ErrorCode::kConflict,
                        fmt::format("trial {} is already {}", trial, storage::text_of(record.state)));
    }
    record.state = State::kRunning;
    record.attempt += 1;
    record.started_ms = ledger_.clock().wall_ms();
    record.ended_ms = 0;
    record.reason.clear();
    Claim claim{.number = trial,
                .attempt = record.attempt,
                .point = ledger_.point(trial),
                .checkpoint = record.checkpoint};
    STERLET_PASS(ledger_.take(std::move(record), "retry", "babysit"));
    return claim;
  });
}

Result<void> Study::restate(std::int64_t trial, int attempt, const std::vector<storage::ReportRecord>& reports) {
  STERLET_PASS(ledger_.running(trial, attempt));
  return ledger_.restate(trial, attempt, reports);
}

}  // namespace sterlet::study
