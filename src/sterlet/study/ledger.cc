#include "sterlet/study/ledger.h"

#include <fmt/format.h>

#include "sterlet/base/json.h"
#include "sterlet/base/text.h"
#include "sterlet/study/catch_up.h"
#include "sterlet/study/trial.h"

namespace sterlet::study {

using base::ErrorCode;
using base::Result;
using storage::State;

Ledger::Ledger(const studyfile::StudySpec& spec, const space::Space& space, Options options)
    : spec_(spec),
      space_(space),
      storage_(options.storage),
      clock_(options.clock != nullptr ? options.clock : &base::system_clock()),
      session_(std::move(options.session)),
      is_timed_(options.is_timed),
      versions_(spec, space),
      trials_(spec) {}

Result<void> Ledger::bind(storage::StudyRecord study) {
  study_ = std::move(study);
  if (storage_ == nullptr) return {};
  STERLET_TRY(auto versions, storage_->load_spec_versions(study_.id));
  versions_.replace(std::move(versions), study_.spec);
  return {};
}

Result<void> Ledger::Transaction::commit() {
  Ledger* ledger = std::exchange(ledger_, nullptr);
  return ledger == nullptr || is_joined_ ? Result<void>() : ledger->commit();
}

void Ledger::Transaction::take_back() noexcept {
  Ledger* ledger = std::exchange(ledger_, nullptr);
  if (ledger == nullptr) return;
  if (!is_joined_) return ledger->take_back();
  if (ledger->open_ && ledger->writes_ != writes_) ledger->open_->is_broken = true;
}

Result<Ledger::Transaction> Ledger::begin() {
  if (storage_ == nullptr) return Transaction();
  if (open_) return Transaction(this, true, writes_);
  STERLET_PASS(storage_->begin());
  if (auto taken = refresh(); !taken) {
    storage_->rollback();
    return base::fail(std::move(taken).error());
  }
  open_ = Open{.seen_seq = seen_seq_, .stop_requested = study_.stop_requested};
  trials_.open();
  turns_.open();
  return Transaction(this, false, writes_);
}

Result<void> Ledger::commit() {
  if (open_->is_broken) {
    take_back();
    return base::fail(ErrorCode::kDisk, "a part of what belongs together could not be written, so none of it was",
                      "run the same command again");
  }
  if (auto committed = storage_->commit(); !committed) {
    take_back();
    return committed;
  }
  open_.reset();
  turns_.close(true);
  trials_.close(true);
  return is_sync_deferred_ ? Result<void>() : sync();
}

void Ledger::take_back() noexcept {
  storage_->rollback();
  ++reads_;
  seen_seq_ = open_->seen_seq;
  study_.stop_requested = open_->stop_requested;
  open_.reset();
  turns_.close(false);
  trials_.close(false);  // Last: what is derived from trials may look at the rest.
}

Result<void> Ledger::sync() {
  if (storage_ == nullptr) return {};
  return storage_->sync();
}

Result<void> Ledger::refresh() {
  if (storage_ == nullptr) return {};
  STERLET_TRY(const std::int64_t changed, storage_->last_event(study_.id));
  if (changed <= seen_seq_) return {};
  STERLET_TRY(auto versions, storage_->load_spec_versions(study_.id));  // A change of the spec is an event, too.
  versions_.replace(std::move(versions), study_.spec);
  STERLET_TRY(const std::int64_t last, catch_up(*storage_, study_, space_, versions_, seen_seq_, trials_));
  if (last != seen_seq_ && keeps_turns_) {
    STERLET_TRY(auto turns, storage_->live().load_turns(study_.id));
    STERLET_PASS(turns_.replace(std::move(turns), space_, trials_.next_number()));
  }
  seen_seq_ = last;
  ++reads_;
  return {};
}

Result<const storage::TrialRecord*> Ledger::running(std::int64_t trial, int attempt) const {
  if (trial < 0 || trial >= trials_.next_number()) {
    return base::fail(ErrorCode::kNotFound, fmt::format("there is no trial {}", trial),
                      trials_.records().empty() ? std::string("ask for one first")
                                                : fmt::format("the last one is {}", trials_.next_number() - 1));
  }
  const storage::TrialRecord& known = trials_.record(trial);
  if (is_final(known.state)) {
    const std::string value =
        known.values.empty() ? std::string() : fmt::format(" with value {}", base::number_text(known.values.front()));
    return base::fail(
        ErrorCode::kConflict,
        fmt::format("trial {} is already {}{} and cannot be told again", trial, storage::text_of(known.state), value),
        R"(to record another result use {"op":"add", ...})");
  }
  if (known.state != State::kRunning || known.attempt != attempt || trials_.session_of(trial) != session_) {
    return base::fail(ErrorCode::kConflict,
                      fmt::format("attempt {} of trial {} is over (the trial is {}, attempt {})", attempt, trial,
                                  storage::text_of(known.state), known.attempt),
                      "its result was not stored");
  }
  return &known;
}

// Before anything is written. What is not written in a transaction could not be taken back.
Result<void> Ledger::begin_write() {
  if (storage_ != nullptr) {
    STERLET_CHECK(open_.has_value(), "a study is written in transactions alone");
    if (open_->is_broken) {
      return base::fail(ErrorCode::kDisk, "an earlier write failed, so nothing of this is stored");
    }
  }
  ++writes_;
  return {};
}

// What lies outside stays in the terms of its own version; anything else is of ours from now on.
Result<void> Ledger::write(storage::TrialRecord& record, const space::Point& point, space::Origin origin,
                           const Formerly* formerly, const std::string& session, std::string_view event,
                           std::string_view detail) {
  STERLET_PASS(begin_write());
  if (storage_ == nullptr) return {};
  storage::TrialRow row{.record = std::move(record),
                        .origin = std::string(space::text_of(origin)),
                        .point = space::Space::text_of(point),
                        .session = session,
                        .spec_version = versions_.own()};
  if (formerly != nullptr) {
    row.origin = space::text_of(formerly->origin);
    row.point = formerly->point;
    row.spec_version = formerly->version;
  }
  STERLET_TRY(const std::int64_t seq,
              checked(storage_->put_trial(study_.id, row, std::string(event), clock_->wall_ms(), std::string(detail))));
  record = std::move(row.record);
  record.changed_seq = seen_seq_ = seq;
  return {};
}

Result<void> Ledger::append(storage::TrialRecord&& record, space::Point point, space::Origin origin,
                            std::string_view event, std::string_view detail) {
  STERLET_CHECK(record.number == trials_.next_number(), "no number is written but the next one");
  STERLET_PASS(write(record, point, origin, nullptr, session_, event, detail));
  trials_.append(std::move(record), {.point = std::move(point), .origin = origin}, session_, Trials::Source::kHere);
  return {};
}

Result<void> Ledger::put(storage::TrialRecord&& record, std::string_view event, std::string_view detail) {
  // A trial that no session ran has no times to learn from, also for who reads it later.
  std::string session = is_timed_ || !is_final(record.state) ? trials_.session_of(record.number) : std::string();
  return change(std::move(record), std::move(session), event, detail);
}

Result<void> Ledger::take(storage::TrialRecord&& record, std::string_view event, std::string_view detail) {
  return change(std::move(record), session_, event, detail);
}

Result<void> Ledger::change(storage::TrialRecord&& record, std::string session, std::string_view event,
                            std::string_view detail) {
  STERLET_CHECK(record.number >= 0 && record.number < trials_.next_number(),
                "a trial that is changed was added before");
  const space::Observation& known = trials_.observation(record.number);
  std::optional<Formerly> formerly;
  if (trials_.is_outside(record.number)) formerly = *trials_.formerly(record.number);
  STERLET_PASS(write(record, known.point, known.origin, formerly ? &*formerly : nullptr, session, event, detail));
  trials_.change(std::move(record), std::move(session), Trials::Source::kHere, std::move(formerly));
  return {};
}

Result<void> Ledger::correct(std::int64_t trial, space::Point point) {
  storage::TrialRecord record = trials_.record(trial);
  const space::Origin origin = trials_.observation(trial).origin;
  STERLET_PASS(write(record, point, origin, nullptr, trials_.session_of(trial), "correct",
                     base::json_line(space_.to_json(point))));
  trials_.correct(std::move(record), std::move(point));
  return {};
}

void Ledger::fit_points() {
  versions_.forget();
  trials_.fit_points(space_.dimensions().size());
}

Result<std::int64_t> Ledger::put_report(std::int64_t trial, int attempt, std::int64_t step,
                                        std::span<const std::pair<std::string, double>> metrics, bool is_sequenced) {
  STERLET_PASS(begin_write());
  std::int64_t seq = 0;
  if (storage_ != nullptr) {
    std::vector<storage::ReportRecord> rows;
    for (const auto& [metric, value] : metrics) {
      rows.push_back({.trial = trial,
                      .attempt = attempt,
                      .step = step,
                      .metric = metric,
                      .value = value,
                      .is_sequenced = is_sequenced && metric == spec_.objectives.front().metric});
    }
    STERLET_TRY(seq, checked(storage_->put_reports(study_.id, rows)));
  }
  trials_.add_report(trial, step, metrics);
  return seq;
}

Result<void> Ledger::restate(std::int64_t trial, int attempt, const std::vector<storage::ReportRecord>& reports) {
  STERLET_PASS(begin_write());
  if (storage_ != nullptr) {
    STERLET_PASS(checked(storage_->drop_reports(study_.id, trial, attempt)));
    STERLET_PASS(checked(storage_->put_reports(study_.id, reports)));
  }
  trials_.restart_reports(trial);
  for (const storage::ReportRecord& report : reports) {
    const std::pair<std::string, double> metric(report.metric, report.value);
    trials_.add_report(trial, report.step, {&metric, 1});
  }
  return {};
}

Result<void> Ledger::put_turn(const storage::TurnRecord& turn) {
  STERLET_PASS(store([&](storage::Storage& storage) { return storage.live().put_turn(study_.id, turn); }));
  turns_.put(turn);
  return {};
}

Result<void> Ledger::put_event(const std::string& kind, const std::string& detail) {
  return store([&](storage::Storage& storage) -> Result<void> {
    STERLET_TRY(seen_seq_,
                storage.put_event(study_.id, {.wall_ms = clock_->wall_ms(), .kind = kind, .detail = detail}));
    return {};
  });
}

Result<bool> Ledger::read_stop_request() {
  if (storage_ != nullptr) {
    STERLET_TRY(study_.stop_requested, storage_->is_stop_requested(study_.id));
  }
  return study_.stop_requested;
}

}  // namespace sterlet::study
