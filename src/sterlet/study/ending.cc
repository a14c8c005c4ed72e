#include "sterlet/study/ending.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "sterlet/base/text.h"

namespace sterlet::study {

namespace {

using base::Result;
using storage::State;
using storage::Suspension;

// What a running trial becomes whose end a pruner decided: PAUSED if it was put aside and may go on, else PRUNED. One
// whose program ended and left no checkpoint has none to offer; one that was torn away may only not have come to it,
// and is run from its beginning if it is promoted: so that no trial drops out of a rung because a machine did.
void end_as_decided(storage::TrialRecord& record, bool is_torn_away) {
  const bool may_go_on = record.suspension == Suspension::kPutAside && (is_torn_away || !record.checkpoint.empty());
  record.state = may_go_on ? State::kPaused : State::kPruned;
  if (!may_go_on) record.suspension = Suspension::kNone;
}

// Better than anything that can be measured: a division by zero, most often. Whoever tells values by itself may mean it.
bool is_too_good(double value, const studyfile::Objective& objective) {
  return std::isinf(value) && objective.minimised(value) < 0;
}

// Why a trial that was told COMPLETE has failed all the same; nothing: it has not.
std::optional<std::string> find_fault(const storage::TrialRecord& record, bool has_told_values,
                                      std::span<const std::string> told_instead,
                                      std::span<const studyfile::Objective> objectives) {
  for (std::size_t i = 0; i < objectives.size(); ++i) {
    if (i < record.values.size() && !has_told_values && is_too_good(record.values[i], objectives[i])) {
      return fmt::format("{} was {}, better than any result can be", objectives[i].metric,
                         base::number_text(record.values[i]));
    }
    if (i < record.values.size() && !std::isnan(record.values[i])) continue;
    const std::string instead = i < told_instead.size() ? told_instead[i] : std::string();
    if (!instead.empty()) return fmt::format("it ended without reporting {}: {}", objectives[i].metric, instead);
    const bool is_nan = i < record.values.size() && (has_told_values || record.last_step > 0);
    return is_nan ? fmt::format("{} was NaN", objectives[i].metric)
                  : fmt::format("it ended without reporting {}", objectives[i].metric);
  }
  return std::nullopt;
}

}  // namespace

Outcome give_up(Outcome told) {
  told.state = State::kFailed;
  told.reason += fmt::format("; it was killed {} times in a row without a step further", kKillsInPlaceMax);
  return told;
}

Result<void> check_told(const storage::TrialRecord& record, const Outcome& told,
                        std::span<const studyfile::Objective> objectives) {
  if (told.values.empty() || told.values.size() == objectives.size()) return {};
  return base::fail(
      base::ErrorCode::kInvalidArgument,
      fmt::format("trial {} was told {}, but the study has {}", record.number,
                  base::count_text(told.values.size(), "value"), base::count_text(objectives.size(), "objective")),
      "tell one value for each");
}

Ending decide_ending(const storage::TrialRecord& known, Outcome&& told, const EndingFacts& facts,
                     std::span<const studyfile::Objective> objectives) {
  Ending ending{.record = known};
  storage::TrialRecord& record = ending.record;
  const bool is_decided = !record.reason.empty();  // To be run again it would only be pruned again.
  if (is_decided && (told.state == State::kPruned || told.state == State::kLost)) {
    end_as_decided(record, told.state == State::kLost);
  } else {
    record.state = told.state;
    record.suspension = Suspension::kNone;
    record.reason = std::move(told.reason);
  }
  record.is_unstarted = record.state == State::kFailed && told.is_unstarted;
  const bool has_told_values = !told.values.empty();
  record.values = std::move(told.values);
  record.constraints = std::move(told.constraints);
  record.ended_ms = told.seconds ? record.started_ms + std::llround(*told.seconds * 1000) : facts.now_ms;
  const bool has_value = record.state == State::kComplete || record.state == State::kPruned || is_put_aside(record);
  if (has_value && record.values.empty() && facts.reported) {
    record.values = record.state == State::kComplete && facts.counted ? *facts.counted : *facts.reported;
  }
  if (record.state == State::kComplete) {
    if (auto fault = find_fault(record, has_told_values, told.instead, objectives)) {
      record.state = State::kFailed;
      record.reason = std::move(*fault);
      const auto is_nan = [](double value) { return std::isnan(value); };
      const bool is_unreported =
          !told.instead.empty() && std::all_of(record.values.begin(), record.values.end(), is_nan);
      if (is_unreported) record.values.clear();  // What was never reported is not a NaN that was measured.
    }
  }
  const bool is_kill = record.state == State::kLost && told.is_killed;
  ending.event = is_kill ? kKilledEvent : storage::text_of(record.state);
  ending.detail = record.reason;
  return ending;
}

Ending decide_loss(storage::TrialRecord record, const EndingFacts& facts) {
  record.ended_ms = facts.now_ms;
  if (record.reason.empty()) {
    record.state = State::kLost;
    record.reason = "the process that ran it is gone";
  } else {  // It was to be pruned: it needs no other attempt.
    end_as_decided(record, true);
    record.values = facts.reported.value_or(std::vector<double>());
  }
  Ending ending{.record = std::move(record)};
  ending.event = storage::text_of(ending.record.state);
  ending.detail = ending.record.reason;
  return ending;
}

}  // namespace sterlet::study
