#include "sterlet/babysit/mailbox.h"

#include <poll.h>

#include <algorithm>

#include <fmt/format.h>

#include "sterlet/babysit/mailbox_error.h"
#include "sterlet/base/process.h"
#include "sterlet/study/sessions.h"

namespace sterlet::babysit {

using base::ErrorCode;
using base::Json;
using base::Result;
using storage::CommandState;
using storage::State;

namespace {

constexpr int kPollMs = 20;
constexpr std::int64_t kLookMs = 1000;  // So often it is looked whether the process still lives.

bool is_final(State state) {
  return state == State::kComplete || state == State::kPruned || state == State::kFailed || state == State::kCancelled;
}

// What has become of the trial by now: whoever asks read it some time ago.
Result<storage::TrialRecord> trial_now(const study::Study& study, storage::Storage& storage, std::int64_t trial) {
  storage::TrialRecord now = study.records()[static_cast<std::size_t>(trial)];
  STERLET_PASS(storage.visit_trials(study.storage_id(), now.changed_seq, [&](storage::TrialRow& row) -> Result<void> {
    if (row.record.number == trial) now = row.record;
    return {};
  }));
  return now;
}

base::Error finished_error(const storage::TrialRecord& trial, const std::string& study) {
  return {.code = ErrorCode::kConflict,
          .where = study,
          .what = fmt::format("the model (trial {}) has finished ({} at step {}), so nothing was changed", trial.number,
                              storage::text_of(trial.state), trial.last_step),
          .next = "raise another one with sterlet babysit --new"};
}

// In one transaction with the look at the trial: a command that came after the model's end would wait for ever.
Result<std::int64_t> post(storage::Storage& storage, const study::Study& study, const storage::CommandRecord& command) {
  STERLET_PASS(storage.begin());
  const auto posted = [&]() -> Result<std::int64_t> {
    STERLET_TRY(const auto trial, trial_now(study, storage, command.trial));
    if (is_final(trial.state)) return base::fail(finished_error(trial, study.spec().name));
    STERLET_TRY(const std::int64_t id, storage.live().post_command(study.storage_id(), command));
    STERLET_PASS(storage.commit());
    return id;
  }();
  if (!posted) storage.rollback();
  return posted;
}

// Whether a living process raises the model, by its session. One that cannot be seen from here counts: whoever asks it
// something waits for the answer with a limit anyway.
Result<bool> is_raised(const study::Study& study, storage::Storage& storage, study::SessionWatch& watch,
                       const std::string& id) {
  STERLET_TRY(const auto sessions, storage.load_sessions(study.storage_id()));
  return std::any_of(sessions.begin(), sessions.end(), [&](const storage::SessionRecord& session) {
    return session.id == id && watch.look(session) != study::Liveness::kGone;
  });
}

}  // namespace

Result<std::optional<Found>> find_model(const study::Study& study, storage::Storage& storage, const base::Clock& clock,
                                        std::optional<std::int64_t> trial) {
  STERLET_TRY(const auto models, storage.live().load_models(study.storage_id()));
  std::optional<Found> found;
  study::SessionWatch watch(clock);
  for (const storage::ModelRecord& model : models) {
    if (model.trial < 0 || model.trial >= static_cast<std::int64_t>(study.records().size())) continue;
    if (trial && model.trial != *trial) continue;
    const storage::TrialRecord& record = study.records()[static_cast<std::size_t>(model.trial)];
    Found here{.model = model, .state = record.state, .last_step = record.last_step};
    if (record.state == State::kRunning) {
      here.session = study.session_of(model.trial);
      STERLET_TRY(here.is_running, is_raised(study, storage, watch, here.session));
    }
    if (found && found->is_running && !here.is_running) continue;
    found = here;
  }
  if (found) {
    STERLET_TRY(const auto changes, storage.live().load_interventions(study.storage_id(), found->model.trial));
    for (const storage::InterventionRecord& change : changes) {
      found->last_change = change.id;
      if (change.state == storage::ChangeState::kUndone)
        found->last_undo_ms = std::max(found->last_undo_ms, change.decided_ms);
    }
  } else if (trial) {
    return base::fail(ErrorCode::kNotFound, fmt::format("trial {} was never babysat", *trial),
                      models.empty() ? std::string("start one with sterlet babysit")
                                     : fmt::format("the latest model is trial {}", models.back().trial),
                      study.spec().name);
  }
  return found;
}

Result<Json> ask(storage::Storage& storage, const study::Study& study, const Found& found, const std::string& kind,
                 const Json& body, double wait_seconds, const base::Clock& clock) {
  const std::int64_t trial = found.model.trial;
  storage::LiveStorage& live = storage.live();
  STERLET_PASS(live.changed_elsewhere());
  static_cast<void>(live.wake_fd());
  STERLET_TRY(const std::int64_t id, post(storage, study,
                                          {.trial = trial,
                                           .kind = kind,
                                           .body = base::json_line(body),
                                           .who = base::user_name(),
                                           .created_ms = clock.wall_ms()}));
  if (!found.is_running) {
    return Json{{"sentence",
                 fmt::format("nobody raises trial {} now; it gets this when sterlet babysit goes on with it", trial)},
                {"later", true}};
  }
  const std::int64_t start_ms = clock.steady_ms();
  std::int64_t looked_ms = start_ms;
  bool is_gone = false;
  study::SessionWatch watch(clock);
  while (true) {
    STERLET_TRY(const auto command, live.find_command(id));
    if (command && command->state != CommandState::kPending) {
      STERLET_TRY(Json answer, base::parse_json(command->answer));
      if (command->state == CommandState::kDone) return answer;
      return base::fail(error_from_json(answer));
    }
    if (is_gone) {
      return base::fail(ErrorCode::kConflict,
                        fmt::format("the process that raised trial {} is gone before it answered", trial),
                        "it gets this when sterlet babysit goes on with it", study.spec().name);
    }
    const std::int64_t now_ms = clock.steady_ms();
    if (static_cast<double>(now_ms - start_ms) >= wait_seconds * 1000) {
      return base::fail(ErrorCode::kTimeout, fmt::format("the program has not answered within {} s", wait_seconds),
                        "it gets this at its next step; see sterlet show --tree", study.spec().name);
    }
    if (now_ms - looked_ms >= kLookMs) {
      looked_ms = now_ms;
      STERLET_TRY(const bool is_there, is_raised(study, storage, watch, found.session));
      is_gone = !is_there;
      if (is_gone) continue;  // Its answer may have come with its end.
    }
    pollfd wake{.fd = live.wake_fd(), .events = POLLIN, .revents = 0};
    ::poll(&wake, wake.fd >= 0 ? 1 : 0, kPollMs);
    STERLET_PASS(live.changed_elsewhere());
  }
}

Result<void> refuse_of_finished(const study::Study& study, storage::Storage& storage, const base::Clock& clock) {
  storage::LiveStorage& live = storage.live();
  STERLET_TRY(const auto commands, live.pending_commands(study.storage_id()));
  const auto& records = study.records();
  for (const storage::CommandRecord& command : commands) {
    if (command.trial < 0 || command.trial >= static_cast<std::int64_t>(records.size())) continue;
    const storage::TrialRecord& trial = records[static_cast<std::size_t>(command.trial)];
    if (!is_final(trial.state)) continue;
    const Json answer = json_from_error(finished_error(trial, study.spec().name));
    STERLET_PASS(
        live.answer_command(command.id, storage::CommandState::kRefused, base::json_line(answer), clock.wall_ms()));
  }
  return {};
}

}  // namespace sterlet::babysit
