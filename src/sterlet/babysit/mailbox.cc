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
using storage::State;

namespace {

constexpr int kPollMs = 20;
constexpr std::int64_t kLookMs = 1000;  // So often it is looked whether the process still lives.

bool is_final(State state) {
  return state == State::kComplete || state == State::kPruned || state == State::kFailed || state == State::kCancelled;
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
      if (change.state == "undone") found->last_undo_ms = std::max(found->last_undo_ms, change.decided_ms);
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
  if (is_final(found.state)) {
    return base::fail(ErrorCode::kConflict,
                      fmt::format("the model (trial {}) has finished ({} at step {}), so nothing was changed", trial,
                                  storage::text_of(found.state), found.last_step),
                      "raise another one with sterlet babysit --new", study.spec().name);
  }
  storage::LiveStorage& live = storage.live();
  STERLET_PASS(live.changed_elsewhere());
  static_cast<void>(live.wake_fd());
  STERLET_TRY(const std::int64_t id, live.post_command(study.storage_id(), {.trial = trial,
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
    if (command && command->state != "pending") {
      STERLET_TRY(Json answer, base::parse_json(command->answer));
      if (command->state == "done") return answer;
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

}  // namespace sterlet::babysit
