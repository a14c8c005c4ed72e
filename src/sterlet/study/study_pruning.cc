// What a study does for its pruner: it tells it all reports and endings in their stored order, and stores its
// decisions.
#include <algorithm>
#include <cmath>

#include "sterlet/study/decided_end.h"
#include "sterlet/study/study.h"

namespace sterlet::study {

using base::Result;

Result<pruners::Decision> Study::judge(std::int64_t trial, std::int64_t step, double value) {
  const bool maximize = spec_.objectives.front().direction == studyfile::Direction::kMaximize;
  pruners::Decision decision = pruner_->report({.trial = trial, .step = step, .value = maximize ? -value : value});
  const storage::TrialRecord& known = ledger_.record(trial);
  if (decision.pause) decision.reason = std::string(kPausedMark) + decision.reason;
  if (!known.reason.empty()) {  // Decided at an earlier report already; the first reason stands.
    decision = {.prune = true, .pause = known.reason.starts_with(kPausedMark), .reason = known.reason};
  } else if (decision.prune) {
    storage::TrialRecord record = known;
    record.reason = decision.reason;
    STERLET_PASS(ledger_.put(std::move(record), "prune", decision.reason));
  }
  return decision;
}

// Tells the pruner what other processes, and earlier sessions, have stored since it was told last: reports and endings
// in the order of their numbers, as they themselves told theirs.
Result<void> Study::catch_up_pruner() {
  if (!pruner_ || !ledger_.is_stored() || !is_pruner_behind_) return {};
  is_pruner_behind_ = false;
  STERLET_TRY(const auto reports, ledger_.storage()->load_sequenced_reports(ledger_.study().id, judged_seq_));
  std::vector<const storage::TrialRecord*> endings;
  for (const std::int64_t trial : unjudged_endings_) endings.push_back(&ledger_.record(trial));
  unjudged_endings_.clear();
  std::sort(endings.begin(), endings.end(),
            [](const auto* a, const auto* b) { return a->changed_seq < b->changed_seq; });
  const bool maximize = spec_.objectives.front().direction == studyfile::Direction::kMaximize;
  auto ending = endings.begin();
  for (const storage::SequencedReport& report : reports) {
    for (; ending != endings.end() && (*ending)->changed_seq < report.seq; ++ending) tell_ending((*ending)->number);
    pruner_->report({.trial = report.trial, .step = report.step, .value = maximize ? -report.value : report.value});
  }
  for (; ending != endings.end(); ++ending) tell_ending((*ending)->number);
  if (!reports.empty()) judged_seq_ = std::max(judged_seq_, reports.back().seq);
  judged_seq_ = std::max(judged_seq_, ledger_.seen_seq());
  return {};
}

void Study::tell_ending(std::int64_t trial) {
  if (is_repeat(trial)) return;  // Pruners know of first runs alone; the mean that the history has is not one of them.
  const storage::TrialRecord& ended = ledger_.record(trial);
  const double sign = spec_.objectives.front().direction == studyfile::Direction::kMaximize ? -1 : 1;
  pruner_->finish({.trial = trial,
                   .outcome = outcome_of(ended.state),
                   .value = ended.values.empty() ? std::nan("") : sign * ended.values.front()});
}

// A trial that was put aside and has come among the best of its rung.
Result<std::optional<Claim>> Study::promote_paused() {
  if (!pruner_ || paused_.empty()) return std::nullopt;
  STERLET_PASS(catch_up_pruner());
  std::vector<std::int64_t> paused(paused_.begin(), paused_.end());
  auto trial = pruner_->promote(paused);
  if (trial) {
    STERLET_TRY(const auto raised, raised_by_hand());
    if (std::erase_if(paused, [&](std::int64_t number) { return raised.contains(number); }) > 0) {
      trial = pruner_->promote(paused);
    }
  }
  if (!trial) return std::nullopt;
  STERLET_TRY(Claim claim, run_again(ledger_.record(*trial), "promote"));
  return claim;
}

// Once a study is over, what it put aside and did not promote was in effect stopped. Until the last trial has ended its
// reports may still bring another among the best of a rung.
Result<void> Study::settle_paused() {
  if (pause_ != Pause::kTrials && pause_ != Pause::kSpace && pause_ != Pause::kTime && pause_ != Pause::kTarget) {
    return {};
  }
  const auto is_unsettled = [&](std::int64_t trial) {
    return ledger_.record(trial).state == storage::State::kPaused;
  };
  if (std::none_of(paused_.begin(), paused_.end(), is_unsettled)) return {};
  const bool is_busy = std::any_of(ledger_.records().begin(), ledger_.records().end(), [](const storage::TrialRecord& record) {
    return record.state == storage::State::kRunning;
  });
  if (is_busy) return {};
  STERLET_TRY(const auto raised, raised_by_hand());
  const std::set<std::int64_t> paused = paused_;
  for (const std::int64_t trial : paused) {
    if (!is_unsettled(trial) || raised.contains(trial)) continue;
    storage::TrialRecord record = ledger_.record(trial);
    record.state = storage::State::kPruned;
    record.reason =
        std::string(kNotPromotedMark) + std::string(text_of(pause_)) + "): " + record.reason.substr(kPausedMark.size());
    if (record.values.empty() && ledger_.is_stored()) {
      STERLET_TRY(record.values, stored_values(record));
    }
    STERLET_PASS(put_pruned(std::move(record)));
    if (pruner_) tell_ending(trial);
  }
  judged_seq_ = std::max(judged_seq_, ledger_.seen_seq());
  return {};
}

// Trials that somebody raises with sterlet babysit: no worker takes them over.
Result<std::set<std::int64_t>> Study::raised_by_hand() {
  std::set<std::int64_t> trials;
  if (!ledger_.is_stored()) return trials;
  STERLET_TRY(const auto models, ledger_.storage()->live().load_models(ledger_.study().id));
  for (const storage::ModelRecord& model : models) trials.insert(model.trial);
  return trials;
}

// Whether its program has now been killed kKillsInPlaceMax times in a row without coming a step further: then it is not
// the machine's fault, but most likely needs more memory than there is. Of a member of a population: in this interval.
Result<bool> Study::is_killed_in_place(const storage::TrialRecord& record) {
  if (!ledger_.is_stored()) return false;
  STERLET_TRY(const auto events, ledger_.storage()->load_events(ledger_.study().id, 0));
  std::set<int> killed{record.attempt};
  for (const storage::EventRecord& event : events) {
    if (event.trial == record.number && event.kind == kKilledEvent) killed.insert(event.attempt.value_or(0));
  }
  std::optional<std::int64_t> reached;
  int kills = 0;
  const storage::TurnRecord* turn = running_turn(record.number);
  for (int attempt = turn == nullptr ? 1 : turn->first_attempt; attempt <= record.attempt; ++attempt) {
    STERLET_TRY(const auto reports, ledger_.storage()->load_reports(ledger_.study().id, record.number, attempt));
    if (!reports.empty() && (!reached || reports.back().step > *reached)) {
      reached = reports.back().step;
      kills = 0;
    }
    if (killed.contains(attempt)) ++kills;
  }
  return kills >= kKillsInPlaceMax;
}

// Stores a trial that was cut short with what it was on the way to, so that samplers learn from it as well after the
// study was opened again.
Result<void> Study::put_pruned(storage::TrialRecord record) {
  if (const auto forecast = pruner_ ? pruner_->forecast(record.number) : std::nullopt) {
    const double sign = spec_.objectives.front().direction == studyfile::Direction::kMaximize ? -1 : 1;
    base::Json predicted = base::Json::object();
    if (!record.predicted.empty()) {
      STERLET_TRY(predicted, base::parse_json(record.predicted));
    }
    predicted["final"] = base::json_number(sign * forecast->value);
    predicted["final_sd"] = base::json_number(forecast->sd);
    record.predicted = base::json_line(predicted);
  }
  const std::string reason = record.reason;
  return ledger_.put(std::move(record), "PRUNED", reason);
}

// What the last attempt that reported anything has reported last for each objective.
Result<std::vector<double>> Study::stored_values(const storage::TrialRecord& record) {
  std::vector<storage::ReportRecord> reports;
  for (int attempt = record.attempt; attempt > 0 && reports.empty(); --attempt) {
    STERLET_TRY(reports, ledger_.storage()->load_reports(ledger_.study().id, record.number, attempt));
  }
  std::vector<double> values(spec_.objectives.size(), std::nan(""));
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (const storage::ReportRecord& report : reports) {
      if (report.metric == spec_.objectives[i].metric) values[i] = report.value;
    }
  }
  return values;
}

}  // namespace sterlet::study
