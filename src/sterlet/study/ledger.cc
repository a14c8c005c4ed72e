#include "sterlet/study/ledger.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "sterlet/base/json.h"
#include "sterlet/base/text.h"
#include "sterlet/study/trial.h"

namespace sterlet::study {

namespace {

using base::ErrorCode;
using base::Result;
using storage::State;

constexpr const char* kRestore = "restore it from a copy, or name another file with --storage";

// What a pruned trial's curve was on the way to, from its stored row.
void take_forecast(const storage::TrialRecord& record, const studyfile::Objective& objective, space::History& history) {
  const auto predicted = base::parse_json(record.predicted);
  if (!predicted || !predicted->is_object() || !predicted->contains("final") || !predicted->contains("final_sd"))
    return;
  const auto value = base::number_from_json((*predicted)["final"]);
  const auto sd = base::number_from_json((*predicted)["final_sd"]);
  if (!value || !sd || !std::isfinite(*value) || !std::isfinite(*sd)) return;
  history.predict(record.number, objective.minimised(*value), *sd);
}

}  // namespace

Ledger::Ledger(const studyfile::StudySpec& spec, const space::Space& space, Options options)
    : spec_(spec),
      space_(space),
      storage_(options.storage),
      clock_(options.clock != nullptr ? options.clock : &base::system_clock()),
      session_(std::move(options.session)),
      is_timed_(options.is_timed) {
  if (storage_ != nullptr) return;
  for (const base::Json& point : spec.enqueue) queue_.push_back(base::json_line(point));
}

Result<void> Ledger::bind(storage::StudyRecord study) {
  study_ = std::move(study);
  if (storage_ == nullptr) return {};
  STERLET_TRY(spec_versions_, storage_->load_spec_versions(study_.id));
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
  ledger->is_broken_ = ledger->is_broken_ || ledger->writes_ != writes_;
}

Result<Ledger::Transaction> Ledger::begin() {
  if (storage_ == nullptr) return Transaction();
  if (journal_) return Transaction(this, true, writes_);
  STERLET_PASS(storage_->begin());
  if (auto taken = take_in(seen_seq_); !taken) {
    storage_->rollback();
    return base::fail(std::move(taken).error());
  }
  is_broken_ = false;
  journal_ = Journal{.count = records_.size(), .seen_seq = seen_seq_, .stop_requested = study_.stop_requested};
  return Transaction(this, false, writes_);
}

Result<void> Ledger::commit() {
  if (is_broken_) {
    take_back();
    return base::fail(ErrorCode::kDisk, "a part of what belongs together could not be written, so none of it was",
                      "run the same command again");
  }
  if (auto committed = storage_->commit(); !committed) {
    take_back();
    return committed;
  }
  journal_.reset();
  for (Derived* derived : derived_) derived->closed(true);
  return is_sync_deferred_ ? Result<void>() : sync();
}

void Ledger::take_back() noexcept {
  storage_->rollback();
  undo();
  journal_.reset();
  for (Derived* derived : derived_) derived->closed(false);
}

// Brings memory back to what it was when the transaction began. The history only ever grows, since samplers follow its
// changes; so it is written anew, and so is what is derived from it, as when a study is opened.
void Ledger::undo() {
  seen_seq_ = journal_->seen_seq;
  study_.stop_requested = journal_->stop_requested;
  if (journal_->turns) turns_ = std::move(*journal_->turns);
  if (records_.size() == journal_->count && journal_->trials.empty()) return;
  std::vector<storage::TrialRecord> records = std::exchange(records_, {});
  std::vector<space::Observation> known(history_.trials());
  records.resize(journal_->count);
  known.resize(journal_->count);
  const auto count = static_cast<std::int64_t>(journal_->count);
  sessions_.erase(sessions_.lower_bound(count), sessions_.end());
  last_reported_.erase(last_reported_.lower_bound(count), last_reported_.end());
  for (auto& [trial, before] : journal_->trials) {
    records[static_cast<std::size_t>(trial)] = std::move(before.record);
    known[static_cast<std::size_t>(trial)] = std::move(before.observation);
    sessions_.erase(trial);
    if (before.session) sessions_.emplace(trial, std::move(*before.session));
    last_reported_.erase(trial);
    if (before.last_reported) last_reported_.emplace(trial, std::move(*before.last_reported));
  }
  for (Derived* derived : derived_) derived->restarted();
  history_ = space::History();
  history_.reserve(records.size());
  records_.reserve(records.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    space::Observation& trial = known[i];
    const double final = trial.predicted_final, sd = trial.predicted_sd;
    history_.append({.number = trial.number, .point = std::move(trial.point), .origin = trial.origin});
    history_.update(trial.number, trial.outcome, std::move(trial.values), std::move(trial.constraints), trial.last_step,
                    trial.seconds, trial.runs);
    if (sd > 0) history_.predict(trial.number, final, sd);
    records_.push_back(std::move(records[i]));
    const storage::TrialRecord before{.number = trial.number, .state = State::kWaiting};
    const Change change{.before = before, .now = records_.back(), .is_new = true, .is_elsewhere = true};
    for (Derived* derived : derived_) derived->changed(change);
  }
}

void Ledger::remember(std::int64_t trial) {
  const auto index = static_cast<std::size_t>(trial);
  if (!journal_ || index >= journal_->count || journal_->trials.contains(trial)) return;
  Before before{.record = records_[index], .observation = history_.trials()[index]};
  if (const auto session = sessions_.find(trial); session != sessions_.end()) before.session = session->second;
  if (const auto last = last_reported_.find(trial); last != last_reported_.end()) before.last_reported = last->second;
  journal_->trials.emplace(trial, std::move(before));
}

Result<void> Ledger::sync() {
  if (storage_ == nullptr) return {};
  return storage_->sync();
}

Result<void> Ledger::refresh() {
  if (storage_ == nullptr) return {};
  return take_in(seen_seq_);
}

Result<void> Ledger::take_in(std::int64_t since) {
  STERLET_TRY(const std::int64_t last, storage_->last_event(study_.id));
  if (last <= since) return {};
  if (since == 0) {
    STERLET_TRY(const std::int64_t count, storage_->count_trials(study_.id));
    records_.reserve(static_cast<std::size_t>(count));
    history_.reserve(static_cast<std::size_t>(count));
  }
  STERLET_PASS(storage_->visit_trials(study_.id, since, [&](auto& trial) { return take_in(trial); }));
  if (keeps_turns_) {
    STERLET_TRY(turns_, storage_->live().load_turns(study_.id));
    STERLET_PASS(check_turns());
  }
  seen_seq_ = last;
  return {};
}

// Turns are read by their place: interval by interval, each with all its members. Only the first may be growing still.
Result<void> Ledger::check_turns() const {
  const auto members = static_cast<std::size_t>(
      std::count_if(turns_.begin(), turns_.end(), [](const storage::TurnRecord& turn) { return turn.turn == 0; }));
  for (std::size_t i = 0; i < turns_.size(); ++i) {
    const storage::TurnRecord& turn = turns_[i];
    const bool is_whole = members > 0 && turns_.size() % members == 0;
    const bool has_place = is_whole && turn.trial == static_cast<std::int64_t>(i % members) &&
                           turn.turn == static_cast<int>(i / members) && turn.trial < next_number();
    const bool has_parent = !turn.parent || (*turn.parent >= 0 && *turn.parent < static_cast<std::int64_t>(members));
    if (has_place && has_parent && space_.from_text(turn.point)) continue;
    return base::fail(ErrorCode::kDisk,
                      fmt::format("turn {} of trial {} in the storage does not fit the study", turn.turn, turn.trial),
                      kRestore);
  }
  return {};
}

Result<void> Ledger::take_in(storage::TrialRow& row) {
  const auto index = static_cast<std::size_t>(row.record.number);
  if (index > records_.size()) STERLET_PASS(fill_gap(index));
  const bool is_new = index == records_.size();
  if (is_new) {
    auto point = space_.from_text(row.point);
    const auto origin = space::origin_from_text(row.origin);
    if (!point || !origin) {
      return base::fail(ErrorCode::kDisk,
                        fmt::format("trial {} in the storage does not fit the study's space", row.record.number),
                        kRestore);
    }
    history_.append({.number = row.record.number, .point = std::move(*point), .origin = *origin});
    records_.push_back({.number = row.record.number, .state = State::kWaiting});
  }
  sessions_[row.record.number] = row.session;
  see(storage::TrialRecord(row.record), !row.session.empty(), is_new, Source::kElsewhere);
  return {};
}

// Earlier versions skipped a number when a write failed, and answered no one with it. It stands for a trial that was
// cancelled. Where an event tells of it, it was there, and the file is damaged.
Result<void> Ledger::fill_gap(std::size_t until) {
  STERLET_TRY(const auto events, storage_->load_events(study_.id, 0));
  while (records_.size() < until) {
    const std::int64_t number = next_number();
    if (std::any_of(events.begin(), events.end(), [&](const auto& event) { return event.trial == number; })) {
      return base::fail(ErrorCode::kDisk, fmt::format("trial {} is missing in the storage", number), kRestore);
    }
    const base::StreamKey key{.seed = study_.seed, .trial = static_cast<std::uint64_t>(number)};
    history_.append({.number = number, .point = space_.draw(key), .origin = space::Origin::kRandom});
    records_.push_back({.number = number, .state = State::kWaiting});
    see({.number = number, .state = State::kCancelled, .reason = "it was never stored, as a write failed"}, false, true,
        Source::kElsewhere);
  }
  return {};
}

// Into memory.
void Ledger::see(storage::TrialRecord&& record, bool has_session, bool is_new, Source source) {
  const std::int64_t number = record.number;
  std::vector<double> values = record.values;
  for (std::size_t i = 0; i < values.size() && i < spec_.objectives.size(); ++i) {
    values[i] = spec_.objectives[i].minimised(values[i]);
  }
  // A trial that no session ran was told by whoever evaluated it, perhaps long after: its times say nothing.
  const bool is_timed = has_session && record.ended_ms > record.started_ms;
  const double seconds = is_timed ? static_cast<double>(record.ended_ms - record.started_ms) / 1000 : 0;
  // Samplers learn from a trial that was put aside what it had come to; it may never be promoted.
  auto outcome = is_put_aside(record) ? space::Outcome::kPruned : outcome_of(record.state);
  if (is_repeat(number)) {  // It counts in its setting's first trial.
    outcome = space::Outcome::kVoid;
    values.clear();
  }
  history_.update(number, outcome, std::move(values), record.constraints, record.last_step, seconds);
  if (record.state == State::kPruned && !record.predicted.empty()) {
    take_forecast(record, spec_.objectives.front(), history_);
  }
  if (is_final(record.state)) {
    sessions_.erase(number);
    last_reported_.erase(number);
  }
  std::swap(records_[static_cast<std::size_t>(number)], record);
  const Change change{.before = record,
                      .now = records_[static_cast<std::size_t>(number)],
                      .is_new = is_new,
                      .is_elsewhere = source == Source::kElsewhere};
  for (Derived* derived : derived_) derived->changed(change);
}

std::string Ledger::session_of(std::int64_t trial) const {
  const auto found = sessions_.find(trial);
  return found == sessions_.end() ? std::string() : found->second;
}

const std::vector<double>* Ledger::last_reported(std::int64_t trial) const {
  const auto last = last_reported_.find(trial);
  return last == last_reported_.end() ? nullptr : &last->second;
}

Result<storage::TrialRecord> Ledger::running(std::int64_t trial, int attempt) const {
  if (trial < 0 || trial >= next_number()) {
    return base::fail(
        ErrorCode::kNotFound, fmt::format("there is no trial {}", trial),
        records_.empty() ? std::string("ask for one first") : fmt::format("the last one is {}", records_.size() - 1));
  }
  const storage::TrialRecord& known = record(trial);
  if (is_final(known.state)) {
    const std::string value =
        known.values.empty() ? std::string() : fmt::format(" with value {}", base::number_text(known.values.front()));
    return base::fail(
        ErrorCode::kConflict,
        fmt::format("trial {} is already {}{} and cannot be told again", trial, storage::text_of(known.state), value),
        R"(to record another result use {"op":"add", ...})");
  }
  if (known.state != State::kRunning || known.attempt != attempt || session_of(trial) != session_) {
    return base::fail(ErrorCode::kConflict,
                      fmt::format("attempt {} of trial {} is over (the trial is {}, attempt {})", attempt, trial,
                                  storage::text_of(known.state), known.attempt),
                      "its result was not stored");
  }
  return known;
}

// Before anything is written. What is not written in a transaction could not be taken back.
Result<void> Ledger::begin_write() {
  if (storage_ != nullptr) {
    STERLET_CHECK(journal_.has_value(), "a study is written in transactions alone");
    if (is_broken_) return base::fail(ErrorCode::kDisk, "an earlier write failed, so nothing of this is stored");
  }
  ++writes_;
  return {};
}

Result<void> Ledger::write(storage::TrialRecord& record, const space::Point& point, space::Origin origin,
                           const std::string& session, const std::string& event, const std::string& detail) {
  STERLET_PASS(begin_write());
  if (storage_ == nullptr) return {};
  storage::TrialRow row{.record = std::move(record),
                        .origin = std::string(space::text_of(origin)),
                        .point = space::Space::text_of(point),
                        .session = session};
  STERLET_TRY(const std::int64_t seq, checked(storage_->put_trial(study_.id, row, event, clock_->wall_ms(), detail)));
  record = std::move(row.record);
  record.changed_seq = seen_seq_ = seq;
  return {};
}

Result<void> Ledger::append(storage::TrialRecord record, space::Point point, space::Origin origin,
                            const std::string& event, const std::string& detail) {
  STERLET_CHECK(record.number == next_number(), "no number is written but the next one");
  const std::int64_t number = record.number;
  STERLET_PASS(write(record, point, origin, session_, event, detail));
  history_.append({.number = number, .point = std::move(point), .origin = origin});
  records_.push_back({.number = number, .state = State::kWaiting});
  sessions_[number] = session_;
  see(std::move(record), !session_.empty(), true, Source::kHere);
  return {};
}

Result<void> Ledger::put(storage::TrialRecord record, const std::string& event, const std::string& detail) {
  const std::int64_t number = record.number;
  STERLET_CHECK(number >= 0 && number < next_number(), "a trial that is changed was added before");
  // A trial that no session ran has no times to learn from, also for who reads it later.
  const std::string session = is_timed_ || !is_final(record.state) ? session_of(number) : std::string();
  remember(number);
  const space::Observation& known = history_.trials()[static_cast<std::size_t>(number)];
  STERLET_PASS(write(record, known.point, known.origin, session, event, detail));
  see(std::move(record), !session.empty(), false, Source::kHere);
  return {};
}

Result<void> Ledger::take(storage::TrialRecord record, const std::string& event, const std::string& detail) {
  remember(record.number);
  sessions_[record.number] = session_;
  last_reported_.erase(record.number);
  return put(std::move(record), event, detail);
}

Result<std::int64_t> Ledger::put_report(std::int64_t trial, int attempt, std::int64_t step,
                                        std::span<const std::pair<std::string, double>> metrics, bool is_sequenced) {
  STERLET_PASS(begin_write());
  remember(trial);
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
  storage::TrialRecord& record = records_[static_cast<std::size_t>(trial)];
  record.last_step = std::max(record.last_step, step);
  auto& last = last_reported_[trial];
  if (last.empty()) last.assign(spec_.objectives.size(), std::nan(""));
  for (std::size_t i = 0; i < spec_.objectives.size(); ++i) {
    for (const auto& [metric, value] : metrics) {
      if (metric == spec_.objectives[i].metric) last[i] = value;
    }
  }
  return seq;
}

Result<void> Ledger::restate(std::int64_t trial, int attempt, const std::vector<storage::ReportRecord>& reports) {
  STERLET_PASS(begin_write());
  remember(trial);
  if (storage_ != nullptr) {
    STERLET_PASS(checked(storage_->drop_reports(study_.id, trial, attempt)));
    STERLET_PASS(checked(storage_->put_reports(study_.id, reports)));
  }
  storage::TrialRecord& record = records_[static_cast<std::size_t>(trial)];
  auto& last = last_reported_[trial];
  last.assign(spec_.objectives.size(), std::nan(""));
  record.last_step = 0;
  for (const storage::ReportRecord& report : reports) {
    record.last_step = std::max(record.last_step, report.step);
    for (std::size_t i = 0; i < spec_.objectives.size(); ++i) {
      if (report.metric == spec_.objectives[i].metric) last[i] = report.value;
    }
  }
  return {};
}

Result<void> Ledger::put_turn(const storage::TurnRecord& turn) {
  STERLET_PASS(begin_write());
  STERLET_PASS(checked(storage_->live().put_turn(study_.id, turn)));
  if (!journal_->turns) journal_->turns = turns_;
  const auto place = std::find_if(turns_.begin(), turns_.end(), [&](const storage::TurnRecord& known) {
    return std::pair(known.turn, known.trial) >= std::pair(turn.turn, turn.trial);
  });
  if (place != turns_.end() && place->turn == turn.turn && place->trial == turn.trial) {
    *place = turn;
  } else {
    turns_.insert(place, turn);
  }
  return {};
}

Result<void> Ledger::put_checkpoint(std::int64_t trial, const storage::CheckpointRecord& checkpoint) {
  STERLET_PASS(begin_write());
  if (storage_ == nullptr) return {};
  STERLET_PASS(checked(storage_->live().add_checkpoint(study_.id, trial, checkpoint)));
  return {};
}

Result<void> Ledger::put_session(const storage::SessionRecord& session) {
  STERLET_PASS(begin_write());
  return storage_ == nullptr ? Result<void>() : checked(storage_->put_session(session));
}

Result<void> Ledger::put_spec(const std::string& spec) {
  STERLET_PASS(begin_write());
  return storage_ == nullptr ? Result<void>() : checked(storage_->set_spec(study_.id, spec));
}

Result<void> Ledger::push_queue(const std::string& params) {
  STERLET_PASS(begin_write());
  if (storage_ != nullptr) return checked(storage_->push_queue(study_.id, params));
  queue_.push_back(params);
  return {};
}

Result<std::optional<std::string>> Ledger::pop_queue() {
  if (storage_ != nullptr) {
    STERLET_PASS(begin_write());
    return checked(storage_->pop_queue(study_.id));
  }
  if (queue_.empty()) return std::nullopt;
  STERLET_PASS(begin_write());
  std::string first = std::move(queue_.front());
  queue_.erase(queue_.begin());
  return first;
}

Result<bool> Ledger::read_stop_request() {
  if (storage_ != nullptr) {
    STERLET_TRY(study_.stop_requested, storage_->is_stop_requested(study_.id));
  }
  return study_.stop_requested;
}

void Ledger::show_mean(std::int64_t trial, std::vector<double> minimised, std::vector<double> constraints,
                       std::int64_t runs) {
  remember(trial);
  const space::Observation& known = history_.trials()[static_cast<std::size_t>(trial)];
  history_.update(trial, space::Outcome::kComplete, std::move(minimised), std::move(constraints), known.last_step,
                  known.seconds, runs);
}

}  // namespace sterlet::study
