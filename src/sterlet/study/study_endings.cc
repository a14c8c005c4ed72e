// What a study is told of its trials: reports, checkpoints, ends.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/study/decided_end.h"
#include "sterlet/study/study.h"

namespace sterlet::study {

namespace {

using base::ErrorCode;
using base::Result;
using storage::State;

}  // namespace

Result<pruners::Decision> Study::report(std::int64_t trial, int attempt, std::int64_t step,
                                        const std::vector<std::pair<std::string, double>>& metrics) {
  return within(ledger_, [&]() -> Result<pruners::Decision> {
    STERLET_PASS(ledger_.running(trial, attempt));
    STERLET_PASS(catch_up_pruner());
    // A repeat that was cut short would leave only the lucky ones in the mean.
    const bool is_judged = pruner_ && !is_repeat(trial);
    STERLET_TRY(const std::int64_t seq, ledger_.put_report(trial, attempt, step, metrics, is_judged));
    judged_seq_ = std::max(judged_seq_, seq);
    std::optional<double> judged;
    for (const auto& [metric, value] : metrics) {
      if (metric != spec_.objectives.front().metric) continue;
      if (is_judged) judged = value;
      if (population_) news_of(trial).reports.emplace_back(step, value);
    }
    return judged ? judge(trial, step, *judged) : pruners::Decision{};
  });
}

Result<void> Study::checkpoint(std::int64_t trial, int attempt, const std::string& path,
                               std::optional<std::int64_t> step) {
  return within(ledger_, [&]() -> Result<void> {
    STERLET_TRY(storage::TrialRecord record, ledger_.running(trial, attempt));
    record.checkpoint = path;
    if (population_) told_checkpoints_.insert(path);
    if (population_ && step) news_of(trial).checkpoints[*step] = path;
    if (replay_ && step) {  // What of the schedule it has seen follows from its step.
      STERLET_PASS(ledger_.put_checkpoint(
          trial, {.step = *step, .path = path, .created_ms = ledger_.clock().wall_ms()}));
    }
    return ledger_.put(std::move(record), "checkpoint", path);
  });
}

std::vector<double> Study::last_reported(std::int64_t trial) const {
  const std::vector<double>* last = ledger_.last_reported(trial);
  return last == nullptr ? std::vector<double>(spec_.objectives.size(), std::nan("")) : *last;
}

Result<void> Study::tell(std::int64_t trial, int attempt, const Outcome& told) {
  return within(ledger_, [&]() -> Result<void> {
    STERLET_TRY(storage::TrialRecord record, ledger_.running(trial, attempt));
    Outcome outcome = told;
    // One whose end was decided needs no other attempt anyway.
    if (outcome.is_killed && record.reason.empty()) {
      STERLET_TRY(const bool in_place, is_killed_in_place(record));
      if (in_place) {
        outcome.state = State::kFailed;
        outcome.reason += fmt::format("; it was killed {} times in a row without a step further", kKillsInPlaceMax);
      }
    }
    if (population_) {
      STERLET_TRY(auto last, end_turn(record, outcome));
      if (!last) return {};
      outcome = std::move(*last);
    }
    STERLET_PASS(catch_up_pruner());
    if (!outcome.values.empty() && outcome.values.size() != spec_.objectives.size()) {
      return base::fail(ErrorCode::kInvalidArgument,
                        fmt::format("trial {} was told {}, but the study has {}", trial,
                                    base::count_text(outcome.values.size(), "value"),
                                    base::count_text(spec_.objectives.size(), "objective")),
                        "tell one value for each");
    }
    record.state = outcome.state;
    const bool is_decided_end = outcome.state == State::kPruned || outcome.state == State::kLost;
    if (!record.reason.empty() && is_decided_end) {
      // To be run again it would only be pruned again.
      record.state = decided_end(record, outcome.state == State::kLost);
    } else {
      record.reason = outcome.reason;
    }
    record.values = outcome.values;
    record.constraints = outcome.constraints;
    record.last_step = ledger_.record(trial).last_step;
    record.ended_ms = ledger_.clock().wall_ms();
    const bool has_value = record.state == State::kComplete || record.state == State::kPruned || is_put_aside(record);
    if (has_value && record.values.empty() && ledger_.last_reported(trial) != nullptr) {
      record.values = last_reported(trial);
    }
    const bool is_empty_attempt = record.values.empty() && attempt > 1 && ledger_.is_stored();
    if (has_value && is_empty_attempt) {
      // It went on from a checkpoint at its end: what earlier attempts reported is its result.
      STERLET_TRY(record.values, stored_values(record));
    }
    if (record.state == State::kComplete) {
      for (std::size_t i = 0; i < spec_.objectives.size(); ++i) {
        if (i < record.values.size() && !std::isnan(record.values[i])) continue;
        record.state = State::kFailed;
        record.reason = i < record.values.size() && (!outcome.values.empty() || record.last_step > 0)
                            ? fmt::format("{} was NaN", spec_.objectives[i].metric)
                            : fmt::format("it ended without reporting {}", spec_.objectives[i].metric);
        break;
      }
    }
    if (record.state == State::kPruned) {
      STERLET_PASS(put_pruned(std::move(record)));
    } else {
      const std::string event(record.state == State::kLost && outcome.is_killed ? kKilledEvent
                                                                                : storage::text_of(record.state));
      const std::string detail = record.reason;
      STERLET_PASS(ledger_.put(std::move(record), event, detail));
    }
    const storage::TrialRecord& ended = ledger_.record(trial);
    if (pruner_ && is_final(ended.state)) {
      tell_ending(trial);
      judged_seq_ = std::max(judged_seq_, ledger_.seen_seq());
    }
    return {};
  });
}

Result<std::int64_t> Study::add(const base::Json& params, const Outcome& outcome,
                                std::span<const std::pair<std::int64_t, double>> reports) {
  return within(ledger_, [&]() -> Result<std::int64_t> {
    if (population_) {
      return base::fail(ErrorCode::kConflict, "its strategy is pbt, whose trials are the members of its population",
                        "add it to a study with another strategy", spec_.name);
    }
    STERLET_TRY(space::Point point, space_.from_json(params));
    const auto number = ledger_.next_number();
    const std::int64_t now = ledger_.clock().wall_ms();
    storage::TrialRecord record{.number = number,
                                .state = State::kRunning,
                                .attempt = 1,
                                .history_seq = ledger_.seen_seq(),
                                .created_ms = now,
                                .started_ms = now};
    const bool has_values = !outcome.values.empty() || outcome.state == State::kComplete;
    if (has_values && outcome.values.size() != spec_.objectives.size()) {
      return base::fail(ErrorCode::kInvalidArgument,
                        fmt::format("{} given, but the study has {}", base::count_text(outcome.values.size(), "value"),
                                    base::count_text(spec_.objectives.size(), "objective")),
                        "give one value for each");
    }
    STERLET_PASS(ledger_.append(std::move(record), std::move(point), space::Origin::kAdded, "add", ""));
    for (const auto& [step, value] : reports) {
      STERLET_PASS(report(number, 1, step, {{spec_.objectives.front().metric, value}}));
    }
    STERLET_PASS(tell(number, 1, outcome));
    return number;
  });
}

Result<std::vector<std::string>> Study::collect_lost(
    const std::function<bool(const storage::SessionRecord&)>& is_alive) {
  return within(ledger_, [&]() -> Result<std::vector<std::string>> {
    std::vector<std::string> gone;
    if (!ledger_.is_stored()) return gone;
    STERLET_TRY(const auto sessions, ledger_.storage()->load_sessions(ledger_.study().id));
    std::vector<std::string> alive;
    for (const storage::SessionRecord& session : sessions) {
      if (session.id == ledger_.session() || (!session.ended && is_alive(session))) alive.push_back(session.id);
    }
    for (std::size_t i = 0; i < ledger_.records().size(); ++i) {
      storage::TrialRecord record = ledger_.records()[i];
      if (record.state != State::kRunning) continue;
      const std::string session = session_of(record.number);
      if (std::find(alive.begin(), alive.end(), session) != alive.end()) continue;
      if (std::find(gone.begin(), gone.end(), session) == gone.end()) gone.push_back(session);
      record.ended_ms = ledger_.clock().wall_ms();
      if (!record.reason.empty()) {  // It was to be pruned: it needs no other attempt.
        STERLET_PASS(catch_up_pruner());
        record.state = decided_end(record, true);
        if (record.state == State::kPaused) {
          STERLET_TRY(record.values, stored_values(record));
          const std::string reason = record.reason;
          STERLET_PASS(ledger_.put(std::move(record), "PAUSED", reason));
          continue;
        }
        STERLET_TRY(record.values, stored_values(record));
        STERLET_PASS(put_pruned(std::move(record)));
        if (pruner_) tell_ending(static_cast<std::int64_t>(i));
        judged_seq_ = std::max(judged_seq_, ledger_.seen_seq());
        continue;
      }
      record.state = State::kLost;
      record.reason = "the process that ran it is gone";
      STERLET_PASS(ledger_.put(std::move(record), "LOST", "the process that ran it is gone"));
    }
    return gone;
  });
}

}  // namespace sterlet::study
