#include "sterlet/babysit/opening.h"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "sterlet/babysit/mailbox.h"
#include "sterlet/study/sessions.h"

namespace sterlet::babysit {

using base::ErrorCode;
using base::Result;
using storage::ModelRecord;
using storage::SessionRecord;
using storage::State;

namespace {

bool is_final(State state) {
  return state == State::kComplete || state == State::kPruned || state == State::kFailed || state == State::kCancelled;
}

// The session of a running trial, where that is another than ours.
const SessionRecord* other_session(const study::Study& study, const std::vector<SessionRecord>& sessions,
                                   std::int64_t trial, const std::string& ours) {
  const storage::TrialRecord& record = study.records()[static_cast<std::size_t>(trial)];
  const std::string id = study.session_of(trial);
  if (record.state != State::kRunning || id == ours) return nullptr;
  const auto found =
      std::find_if(sessions.begin(), sessions.end(), [&](const auto& session) { return session.id == id; });
  return found == sessions.end() ? nullptr : &*found;
}

class Opening final {
 public:
  Opening(study::Study& study, storage::Storage& storage, const base::Clock& clock, study::SessionWatch& watch,
          const Start& start, const std::string& session)
      : study_(study),
        storage_(storage),
        live_(storage.live()),
        clock_(clock),
        watch_(watch),
        start_(start),
        session_(session) {}

  Result<study::Claim> open(exec::Executor& executor, Model& model) {
    STERLET_TRY(sessions_, storage_.load_sessions(study_.storage_id()));
    STERLET_PASS(refuse_of_finished(study_, storage_, clock_));
    STERLET_TRY(const auto models, live_.load_models(study_.storage_id()));
    if (start_.fresh && !start_.beside) STERLET_PASS(check_alone(models));
    if (start_.fresh || models.empty()) return begin_new(model);
    STERLET_TRY(const ModelRecord* old, find_old(models));
    if (const SessionRecord* other = other_session(old->trial)) {
      if (is_alive(*other)) {
        return base::fail(
            ErrorCode::kConflict,
            fmt::format("the model (trial {}) is being raised by process {} already", old->trial, other->pid),
            "change it with sterlet set, or end that with sterlet stop", study_.spec().name);
      }
      executor.end_leftovers(other->id);
    }
    STERLET_TRY(Tree tree, load_tree(storage_, study_.storage_id(), *old));
    tree.model.paused = false;
    model.adopt(std::move(tree));
    STERLET_PASS(model.count_spent_steps());
    STERLET_PASS(model.put());
    return study_.by_hand().take_over(old->trial);
  }

 private:
  const SessionRecord* other_session(std::int64_t trial) const {
    return babysit::other_session(study_, sessions_, trial, session_);
  }

  // One that cannot be judged yet counts as alive: nobody takes a model from it by mistake.
  bool is_alive(const SessionRecord& session) const { return watch_.look(session) != study::Liveness::kGone; }

  // Two models at once share the machine, which nobody wants by mistake.
  Result<void> check_alone(const std::vector<ModelRecord>& models) const {
    for (const ModelRecord& model : models) {
      const SessionRecord* other = other_session(model.trial);
      if (other == nullptr || !is_alive(*other)) continue;
      return base::fail(
          ErrorCode::kConflict,
          fmt::format("the model (trial {}) is still being raised, by process {}", model.trial, other->pid),
          "end it with sterlet stop first, or give --beside to raise both at once", study_.spec().name);
    }
    return {};
  }

  Result<study::Claim> begin_new(Model& model) {
    STERLET_TRY(space::Point point, study_.space().from_json(start_.params));
    STERLET_TRY(study::Claim claim, study_.by_hand().start(std::move(point), space::Origin::kAdded));
    const storage::BranchRecord first{
        .number = 0, .from_step = 0, .params = base::json_line(start_.params), .created_ms = clock_.wall_ms()};
    model.adopt({.model = {.trial = claim.number}, .branches = {first}});
    STERLET_PASS(model.put());
    STERLET_PASS(live_.add_branch(study_.storage_id(), claim.number, first));
    return claim;
  }

  Result<const ModelRecord*> find_old(const std::vector<ModelRecord>& models) const {
    const auto found = std::find_if(models.begin(), models.end(), [&](const ModelRecord& model) {
      return model.trial == start_.trial.value_or(models.back().trial);
    });
    if (found == models.end()) {
      return base::fail(ErrorCode::kNotFound, fmt::format("trial {} was never babysat", *start_.trial),
                        fmt::format("the latest model is trial {}", models.back().trial), study_.spec().name);
    }
    const storage::TrialRecord& record = study_.records()[static_cast<std::size_t>(found->trial)];
    if (is_final(record.state)) {
      return base::fail(ErrorCode::kConflict,
                        fmt::format("the model (trial {}) is {} at step {}", record.number,
                                    storage::text_of(record.state), record.last_step),
                        "raise another one with --new", study_.spec().name);
    }
    return &*found;
  }

  study::Study& study_;
  storage::Storage& storage_;
  storage::LiveStorage& live_;
  const base::Clock& clock_;
  study::SessionWatch& watch_;
  const Start& start_;
  const std::string& session_;
  std::vector<SessionRecord> sessions_;
};

}  // namespace

Result<std::optional<std::int64_t>> find_unclear_model(const study::Study& study, storage::Storage& storage,
                                                       const std::string& session, study::SessionWatch& watch) {
  STERLET_TRY(const auto sessions, storage.load_sessions(study.storage_id()));
  STERLET_TRY(const auto models, storage.live().load_models(study.storage_id()));
  for (const ModelRecord& model : models) {
    const SessionRecord* other = other_session(study, sessions, model.trial, session);
    if (other != nullptr && watch.look(*other) == study::Liveness::kUnknown) return model.trial;
  }
  return std::nullopt;
}

Result<study::Claim> open_model(study::Study& study, storage::Storage& storage, exec::Executor& executor,
                                const base::Clock& clock, study::SessionWatch& watch, const Start& start,
                                const std::string& session, Model& model) {
  return Opening(study, storage, clock, watch, start, session).open(executor, model);
}

}  // namespace sterlet::babysit
