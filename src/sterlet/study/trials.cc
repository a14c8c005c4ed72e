#include "sterlet/study/trials.h"

#include <algorithm>
#include <cmath>

#include "sterlet/base/json.h"
#include "sterlet/study/trial.h"

namespace sterlet::study {

namespace {

using storage::State;

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

// What is known of a trial, at the end of a history.
void append_known(space::Observation&& trial, space::History& history) {
  const double final = trial.predicted_final, sd = trial.predicted_sd;
  history.append({.number = trial.number, .point = std::move(trial.point), .origin = trial.origin});
  history.update(trial.number, trial.outcome, std::move(trial.values), std::move(trial.constraints), trial.last_step,
                 trial.seconds, trial.runs);
  if (sd > 0) history.predict(trial.number, final, sd);
}

}  // namespace

const std::string& Trials::session_of(std::int64_t trial) const {
  static const std::string kNobody;
  const auto found = sessions_.find(trial);
  return found == sessions_.end() ? kNobody : found->second;
}

const std::vector<double>* Trials::last_reported(std::int64_t trial) const {
  const auto last = last_reported_.find(trial);
  return last == last_reported_.end() ? nullptr : &last->second;
}

const Formerly* Trials::formerly(std::int64_t trial) const {
  const auto found = formerly_.find(trial);
  return found == formerly_.end() ? nullptr : &found->second;
}

bool Trials::is_outside(std::int64_t trial) const {
  const Formerly* then = formerly(trial);
  return then != nullptr && then->is_outside;
}

std::vector<std::int64_t> Trials::twins(std::int64_t trial) const {
  if (is_outside(trial)) return {trial};
  return history_.trials_at(point(trial));
}

void Trials::reserve(std::size_t count) {
  records_.reserve(count);
  history_.reserve(count);
}

void Trials::append(storage::TrialRecord&& record, Seen&& seen, std::string_view session, Source source) {
  history_.append({.number = record.number, .point = std::move(seen.point), .origin = seen.origin});
  if (seen.formerly) formerly_[record.number] = std::move(*seen.formerly);
  records_.push_back(std::move(record));
  see({.now = records_.back(), .is_new = true, .is_elsewhere = source == Source::kElsewhere}, session);
}

void Trials::change(storage::TrialRecord&& record, std::string_view session, Source source,
                    std::optional<Formerly>&& formerly) {
  const std::int64_t number = record.number;
  remember(number);
  if (formerly) {
    formerly_[number] = std::move(*formerly);
  } else {
    formerly_.erase(number);
  }
  storage::TrialRecord& known = records_[static_cast<std::size_t>(number)];
  if (record.attempt != known.attempt) last_reported_.erase(number);
  const Change change{.before = known.state,
                      .was_unstarted = is_unstarted(known),
                      .now = known,
                      .is_elsewhere = source == Source::kElsewhere};
  known = std::move(record);
  see(change, session);
}

// What samplers see of a trial's new record, which is in its place already.
void Trials::see(const Change& change, std::string_view session) {
  const storage::TrialRecord& record = change.now;
  const std::int64_t number = record.number;
  std::vector<double> values = record.values;
  for (std::size_t i = 0; i < values.size() && i < spec_.objectives.size(); ++i) {
    values[i] = spec_.objectives[i].minimised(values[i]);
  }
  // A trial that no session ran was told by whoever evaluated it, perhaps long after: its times say nothing.
  const bool is_timed = !session.empty() && record.ended_ms > record.started_ms;
  const double seconds = is_timed ? static_cast<double>(record.ended_ms - record.started_ms) / 1000 : 0;
  // Samplers learn from a trial that was put aside what it had come to; it may never be promoted.
  auto outcome = is_put_aside(record) ? space::Outcome::kPruned : outcome_of(record);
  const Formerly* then = formerly(number);
  // A repeat counts in its setting's first trial.
  if (is_repeat(number) || is_outside(number)) {
    outcome = space::Outcome::kVoid;
    values.clear();
  }
  const bool is_news = !change.is_new || outcome != space::Outcome::kPending || record.last_step != 0 ||
                       !values.empty() || !record.constraints.empty();
  if (is_news) history_.update(number, outcome, std::move(values), record.constraints, record.last_step, seconds);
  const bool is_foretold =
      record.state == State::kPruned && !record.predicted.empty() && outcome != space::Outcome::kVoid;
  if (is_foretold && (then == nullptr || !then->has_other_objective)) {
    take_forecast(record, spec_.objectives.front(), history_);
  }
  if (is_final(record.state)) last_reported_.erase(number);
  if (is_final(record.state) || session.empty()) {
    sessions_.erase(number);
  } else {
    sessions_[number] = session;
  }
  tell(change);
}

void Trials::correct(storage::TrialRecord record, space::Point point) {
  const auto index = static_cast<std::size_t>(record.number);
  remember(record.number);
  formerly_.erase(record.number);
  records_[index] = std::move(record);
  std::vector<space::Observation> known(history_.trials());
  known[index].point = std::move(point);
  renew_history(std::move(known));
}

void Trials::fit_points(std::size_t dimensions) {
  std::vector<space::Observation> known(history_.trials());
  for (space::Observation& trial : known) trial.point.values.resize(dimensions, std::nan(""));
  renew_history(std::move(known));
}

void Trials::renew_history(std::vector<space::Observation> known) {
  history_ = space::History();
  history_.reserve(known.size());
  for (space::Observation& trial : known) append_known(std::move(trial), history_);
}

void Trials::add_report(std::int64_t trial, std::int64_t step,
                        std::span<const std::pair<std::string, double>> metrics) {
  remember(trial);
  storage::TrialRecord& record = records_[static_cast<std::size_t>(trial)];
  record.last_step = std::max(record.last_step, step);
  std::vector<double>& last = last_reported_[trial];
  if (last.empty()) last.assign(spec_.objectives.size(), std::nan(""));
  for (std::size_t i = 0; i < spec_.objectives.size(); ++i) {
    for (const auto& [metric, value] : metrics) {
      if (metric == spec_.objectives[i].metric) last[i] = value;
    }
  }
}

void Trials::restart_reports(std::int64_t trial) {
  remember(trial);
  records_[static_cast<std::size_t>(trial)].last_step = 0;
  last_reported_[trial].assign(spec_.objectives.size(), std::nan(""));
}

void Trials::show_mean(std::int64_t trial, std::vector<double> minimised, std::vector<double> constraints,
                       std::int64_t runs) {
  remember(trial);
  const space::Observation& known = observation(trial);
  history_.update(trial, space::Outcome::kComplete, std::move(minimised), std::move(constraints), known.last_step,
                  known.seconds, runs);
}

void Trials::close(bool is_committed) {
  Journal journal = *std::exchange(journal_, std::nullopt);
  const bool is_changed = records_.size() != journal.count || !journal.trials.empty();
  if (!is_committed && is_changed) undo(std::move(journal));
  for (Derived* derived : derived_) derived->closed(is_committed);
}

void Trials::remember(std::int64_t trial) {
  const auto index = static_cast<std::size_t>(trial);
  if (!journal_ || index >= journal_->count || journal_->trials.contains(trial)) return;
  Before before{.record = records_[index], .observation = history_.trials()[index]};
  if (const auto session = sessions_.find(trial); session != sessions_.end()) before.session = session->second;
  if (const auto last = last_reported_.find(trial); last != last_reported_.end()) before.last_reported = last->second;
  if (const Formerly* then = formerly(trial)) before.formerly = *then;
  journal_->trials.emplace(trial, std::move(before));
}

// The history only ever grows, since samplers follow its changes; so it is written anew, and so is what is derived from
// it, as when a study is opened.
void Trials::undo(Journal journal) {
  std::vector<storage::TrialRecord> records = std::exchange(records_, {});
  std::vector<space::Observation> known(history_.trials());
  records.resize(journal.count);
  known.resize(journal.count);
  const auto count = static_cast<std::int64_t>(journal.count);
  sessions_.erase(sessions_.lower_bound(count), sessions_.end());
  last_reported_.erase(last_reported_.lower_bound(count), last_reported_.end());
  formerly_.erase(formerly_.lower_bound(count), formerly_.end());
  for (auto& [trial, before] : journal.trials) {
    records[static_cast<std::size_t>(trial)] = std::move(before.record);
    known[static_cast<std::size_t>(trial)] = std::move(before.observation);
    sessions_.erase(trial);
    if (before.session) sessions_.emplace(trial, std::move(*before.session));
    last_reported_.erase(trial);
    if (before.last_reported) last_reported_.emplace(trial, std::move(*before.last_reported));
    formerly_.erase(trial);
    if (before.formerly) formerly_.emplace(trial, std::move(*before.formerly));
  }
  for (Derived* derived : derived_) derived->restarted();
  history_ = space::History();
  reserve(records.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    append_known(std::move(known[i]), history_);
    records_.push_back(std::move(records[i]));
    tell({.now = records_.back(), .is_new = true, .is_elsewhere = true});
  }
}

}  // namespace sterlet::study
