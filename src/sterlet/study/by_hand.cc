#include "sterlet/study/by_hand.h"

#include <utility>

#include <fmt/format.h>

namespace sterlet::study {

using base::ErrorCode;
using base::Result;
using storage::State;

Result<Claim> ByHand::start(space::Point point, space::Origin origin) {
  return within(ledger_, [&] { return claims_.start_by_hand(std::move(point), origin); });
}

Result<Claim> ByHand::take_over(std::int64_t trial) {
  return within(ledger_, [&] { return claims_.take_over(trial); });
}

Result<void> ByHand::restate(std::int64_t trial, int attempt, const std::vector<storage::ReportRecord>& reports) {
  return within(ledger_, [&]() -> Result<void> {
    STERLET_PASS(ledger_.running(trial, attempt));
    return ledger_.restate(trial, attempt, reports);
  });
}

Result<void> ByHand::retry(std::span<const std::int64_t> trials) {
  return within(ledger_, [&]() -> Result<void> {
    STERLET_PASS(check(trials));
    for (const std::int64_t trial : trials) STERLET_PASS(claims_.check_again(trial));
    for (const std::int64_t trial : trials) STERLET_PASS(claims_.put_back(trial));
    return {};
  });
}

Result<void> ByHand::remove(std::span<const std::int64_t> trials) {
  return within(ledger_, [&]() -> Result<void> {
    STERLET_PASS(check(trials));
    for (const std::int64_t trial : trials) {
      if (ledger_.trials().record(trial).state != State::kRunning) continue;
      return base::fail(ErrorCode::kConflict, fmt::format("trial {} runs", trial), "end it first", ledger_.spec().name);
    }
    for (const std::int64_t trial : trials) {
      const storage::TrialRecord& known = ledger_.trials().record(trial);
      STERLET_PASS(ledger_.put({.number = trial,
                                .state = State::kRemoved,
                                .attempt = known.attempt,
                                .created_ms = known.created_ms,
                                .started_ms = known.started_ms,
                                .ended_ms = known.ended_ms},
                               "remove", ""));
      STERLET_PASS(
          ledger_.store([&](storage::Storage& storage) { return storage.clear_trial(ledger_.study().id, trial); }));
    }
    return {};
  });
}

// Whether all of them are there, and trials of this study can be treated one by one.
Result<void> ByHand::check(std::span<const std::int64_t> trials) const {
  const studyfile::StudySpec& spec = ledger_.spec();
  if (!strategy_->takes_added()) {
    return base::fail(ErrorCode::kConflict,
                      fmt::format("its strategy is {}, whose trials are the members of its population and go together",
                                  spec.strategy.name),
                      {}, spec.name);
  }
  for (const std::int64_t trial : trials) {
    if (trial >= 0 && trial < ledger_.trials().next_number()) continue;
    return base::fail(ErrorCode::kNotFound, fmt::format("there is no trial {}", trial), {}, spec.name);
  }
  return {};
}

}  // namespace sterlet::study
