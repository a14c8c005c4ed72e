// The part of Study that raising one model needs: trials started and taken over by hand.
#include <cmath>

#include <fmt/format.h>

#include "sterlet/study/study.h"
#include "sterlet/study/study_within.h"

namespace sterlet::study {

using base::ErrorCode;
using base::Result;
using storage::State;

Result<Claim> Study::start_at(space::Point point, space::Origin origin) {
  const auto number = static_cast<std::int64_t>(records_.size());
  const std::int64_t now = clock_->wall_ms();
  storage::TrialRecord record{.number = number,
                              .state = State::kRunning,
                              .attempt = 1,
                              .history_seq = seen_seq_,
                              .created_ms = now,
                              .started_ms = now};
  if (!history_.contains(point)) ++distinct_count_;
  history_.append({.number = number, .point = point, .origin = origin});
  records_.emplace_back();
  sessions_[number] = session_;
  STERLET_PASS(put(std::move(record), "claim", "babysit"));
  return Claim{.number = number, .attempt = 1, .point = std::move(point)};
}

Result<Claim> Study::take_over(std::int64_t trial) {
  return within([&]() -> Result<Claim> {
    const auto index = static_cast<std::size_t>(trial);
    storage::TrialRecord record = records_[index];
    const bool unfinished = record.state == State::kWaiting || record.state == State::kRunning ||
                            record.state == State::kPaused || record.state == State::kLost;
    if (!unfinished) {
      return base::fail(ErrorCode::kConflict,
                        fmt::format("trial {} is already {}", trial, storage::text_of(record.state)));
    }
    record.state = State::kRunning;
    record.attempt += 1;
    sessions_[trial] = session_;
    record.started_ms = clock_->wall_ms();
    record.ended_ms = 0;
    record.reason.clear();
    Claim claim{.number = trial,
                .attempt = record.attempt,
                .point = history_.trials()[index].point,
                .checkpoint = record.checkpoint};
    STERLET_PASS(put(std::move(record), "retry", "babysit"));
    return claim;
  });
}

Result<void> Study::restate(std::int64_t trial, int attempt, const std::vector<storage::ReportRecord>& reports) {
  STERLET_PASS(running_record(trial, attempt));
  if (storage_ != nullptr) {
    STERLET_PASS(storage_->drop_reports(record_.id, trial, attempt));
    STERLET_PASS(storage_->put_reports(record_.id, reports));
  }
  const auto index = static_cast<std::size_t>(trial);
  auto& last = last_reported_[trial];
  last.assign(spec_.objectives.size(), std::nan(""));
  records_[index].last_step = 0;
  for (const storage::ReportRecord& report : reports) {
    records_[index].last_step = std::max(records_[index].last_step, report.step);
    for (std::size_t i = 0; i < spec_.objectives.size(); ++i) {
      if (report.metric == spec_.objectives[i].metric) last[i] = report.value;
    }
  }
  return {};
}

}  // namespace sterlet::study
