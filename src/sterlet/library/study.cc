#include "sterlet/study.hpp"

#include <filesystem>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "sterlet/base/clock.h"
#include "sterlet/base/text.h"
#include "sterlet/doctor/importance.h"
#include "sterlet/exec/session.h"
#include "sterlet/library/convert.h"
#include "sterlet/library/guard.h"
#include "sterlet/library/open.h"
#include "sterlet/sterlet.hpp"
#include "sterlet/study/mail.h"
#include "sterlet/study/pause_advice.h"
#include "sterlet/study/wishes.h"

namespace sterlet {

namespace {

constexpr std::int64_t kBeatMs = 5000;

std::optional<Share> share_of(const std::optional<analysis::Estimate>& estimate) {
  if (!estimate) return std::nullopt;
  return Share{.value = estimate->value, .low = estimate->low, .high = estimate->high};
}

State public_state(storage::State state) {
  switch (state) {
    case storage::State::kWaiting:
      return State::kWaiting;
    case storage::State::kRunning:
      return State::kRunning;
    case storage::State::kPaused:
      return State::kPaused;
    case storage::State::kComplete:
      return State::kComplete;
    case storage::State::kPruned:
      return State::kPruned;
    case storage::State::kFailed:
      return State::kFailed;
    case storage::State::kLost:
      return State::kLost;
    case storage::State::kCancelled:
    case storage::State::kRemoved:
      return State::kCancelled;
  }
  return State::kCancelled;
}

base::Result<storage::State> end_state(State state) {
  switch (state) {
    case State::kComplete:
      return storage::State::kComplete;
    case State::kPruned:
      return storage::State::kPruned;
    case State::kFailed:
      return storage::State::kFailed;
    case State::kCancelled:
      return storage::State::kCancelled;
    case State::kWaiting:
    case State::kRunning:
    case State::kPaused:
    case State::kLost:
      break;
  }
  return base::fail(base::ErrorCode::kInvalidArgument, fmt::format("{} is no end of a trial", text_of(state)),
                    "tell it COMPLETE, PRUNED, FAILED or CANCELLED");
}

base::Result<study::Outcome> inner(const Outcome& outcome) {
  STERLET_TRY(const storage::State state, end_state(outcome.state));
  return study::Outcome{
      .state = state, .values = outcome.values, .constraints = outcome.constraints, .reason = outcome.reason};
}

std::optional<double> predicted_in(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto json = base::parse_json(text);
  if (!json || !json->is_object() || !json->contains("value")) return std::nullopt;
  return base::number_from_json((*json)["value"]);
}

}  // namespace

/// A study with what it stands on, in the order in which they end: the study before its storage.
struct Study::Parts {
  library::Opened opened;
  study::Mail mail;
  std::map<std::int64_t, bool> decisions = {};       // Of running trials, that no longer go on.
  std::map<std::int64_t, std::string> stopped = {};  // By a person, and why.
  std::int64_t beat_at_ms = 0;
  std::vector<std::string> remarks = {};
  std::string broken = {};  // Why nothing may be asked of it any more.

  study::Study& study() { return *opened.study; }

  // That this session lives, and what became of the others.
  base::Result<void> look_around() {
    if (!opened.session) return {};
    STERLET_PASS(study().sessions().beat(*opened.session));
    STERLET_PASS(study().sessions().collect_lost(
        [&](const auto& session) { return opened.watch.look(session) != study::Liveness::kGone; }));
    beat_at_ms = base::system_clock().steady_ms() + kBeatMs;
    return {};
  }
  // At most every few seconds. A storage that is locked or full for a while is no reason to end: the call itself says so.
  void look_around_at_times() {
    if (!opened.session || base::system_clock().steady_ms() < beat_at_ms) return;
    if (!look_around()) beat_at_ms = base::system_clock().steady_ms() + kBeatMs;
  }

  // What people want of the trials that were asked for here; sterlet stop, say. What cannot be read now waits.
  void take_mail() {
    if (!opened.session) return;
    auto ended = study::end_as_wished(study(), mail, opened.session->id);
    if (!ended) return;
    for (auto& [trial, reason] : *ended) stopped[trial] = std::move(reason);
  }
  // Why a person has ended it; null: nobody has.
  const std::string* why_stopped(std::int64_t trial) {
    take_mail();
    const auto found = stopped.find(trial);
    return found == stopped.end() ? nullptr : &found->second;
  }

  // The attempt of a trial that a caller means: the one that runs. One that is LOST is taken over by who knows its result.
  base::Result<int> attempt_of(std::int64_t trial) {
    if (trial < 0 || trial >= static_cast<std::int64_t>(study().records().size())) return 1;
    const storage::TrialRecord& record = study().records()[static_cast<std::size_t>(trial)];
    if (record.state != storage::State::kLost) return record.attempt;
    STERLET_TRY(const study::Claim claim, study().by_hand().take_over(trial));
    return claim.attempt;
  }

  TrialRecord record_of(std::int64_t number) {
    const study::TrialView view = study().view(number);
    return {.number = number,
            .state = public_state(view.record.state),
            .params = library::params_from_json(view.params),
            .values = view.record.values,
            .constraints = view.record.constraints,
            .last_step = view.record.last_step,
            .reason = view.record.reason,
            .origin = std::string(space::text_of(view.origin))};
  }
};

/// The way of every call into the rooms.
struct StudyDoor {
  template <typename Call>
  static auto enter(const std::unique_ptr<Study::Parts>& parts, Call call) {
    using Answer = decltype(library::guarded([&] { return call(*parts); }));
    if (!parts) {
      return Answer(library::public_error({.code = base::ErrorCode::kConflict,
                                           .what = "this study was moved away",
                                           .next = "use the one it was moved to"}));
    }
    if (!parts->broken.empty()) return Answer(Error{.code = ErrorCode::kBug, .message = parts->broken});
    const library::Listening listening(parts->remarks);
    try {
      Answer answer = library::guarded([&] {
        parts->look_around_at_times();
        return call(*parts);
      });
      if (answer.error().code == ErrorCode::kBug) parts->broken = answer.error().message;
      return answer;
    } catch (const std::bad_alloc&) {
      parts->broken = "memory ran out in an earlier call; open the study again";
      throw;
    }
  }

  static Result<Study> make(base::Result<library::Opened> (*open)(void*), void* arguments) {
    std::vector<std::string> remarks;
    auto parts = [&] {
      const library::Listening listening(remarks);
      return library::guarded([&]() -> base::Result<std::unique_ptr<Study::Parts>> {
        STERLET_TRY(library::Opened opened, open(arguments));
        storage::Mailbox* const mailbox = opened.storage ? &opened.storage->mailbox() : nullptr;
        study::Mail mail(mailbox, opened.study->storage_id(), base::system_clock());
        auto made = std::make_unique<Study::Parts>(Study::Parts{.opened = std::move(opened), .mail = std::move(mail)});
        STERLET_PASS(made->look_around());
        return made;
      });
    }();
    if (!parts) return parts.error();
    (*parts)->remarks = std::move(remarks);
    return Study(*std::move(parts));
  }
  template <typename Open>
  static Result<Study> opened_by(Open open) {
    return make([](void* call) { return (*static_cast<Open*>(call))(); }, &open);
  }
};

Study::Study(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Study::Study(Study&& other) noexcept = default;
Study& Study::operator=(Study&& other) noexcept {
  std::swap(parts_, other.parts_);
  return *this;
}

Study::~Study() {
  if (!parts_ || !parts_->opened.session || !parts_->broken.empty()) return;
  try {
    // That it cannot be stored is no harm: whoever looks finds this process gone.
    const auto left = library::guarded([&] { return parts_->study().sessions().leave(*parts_->opened.session); });
    static_cast<void>(left);
  } catch (const std::exception&) {  // No memory is left: the same.
  }
}

Result<Study> Study::open(const Space& space, const StudyOptions& options) {
  return StudyDoor::opened_by([&] { return library::open_declared(space, options); });
}
Result<Study> Study::open_file(const std::string& path, const std::string& storage) {
  return StudyDoor::opened_by([&] { return library::open_file(path, storage); });
}
Result<Study> Study::open_text(std::string_view text, const std::string& storage) {
  return StudyDoor::opened_by([&] { return library::open_text(text, storage); });
}
Result<Study> Study::load(const std::string& name, const std::string& storage) {
  return StudyDoor::opened_by([&] { return library::load(name, storage); });
}

Result<Suggestion> Study::ask() {
  return StudyDoor::enter(parts_, [](Parts& parts) -> base::Result<Suggestion> {
    study::Study& study = parts.study();
    auto claim = study.ask();
    if (!claim) {
      STERLET_TRY(const bool has_grown, study.by_run().follow());
      if (has_grown) claim = study.ask();
      if (!claim) return base::fail(claim.error());
    }
    for (const std::string& remark : study.remarks()) parts.remarks.push_back(remark);
    if (!*claim) {
      return base::fail(base::ErrorCode::kExhausted, fmt::format("no more trials: {}", study::text_of(study.pause())),
                        std::string(study::what_to_do(study.pause())));
    }
    const std::int64_t number = (*claim)->number;
    const auto index = static_cast<std::size_t>(number);
    parts.decisions.erase(number);
    parts.stopped.erase(number);  // One that is handed out again is a new attempt.
    return Suggestion{.number = number,
                      .params = library::params_of(study.space(), (*claim)->point),
                      .origin = std::string(space::text_of(study.history().trials()[index].origin)),
                      .predicted = predicted_in(study.records()[index].predicted)};
  });
}

Result<Decision> Study::report(std::int64_t trial, std::int64_t step, double value) {
  return StudyDoor::enter(parts_, [&](Parts& parts) -> base::Result<Decision> {
    if (const std::string* why = parts.why_stopped(trial)) return Decision{.prune = true, .reason = *why};
    STERLET_TRY(const int attempt, parts.attempt_of(trial));
    STERLET_TRY(auto decided,
                parts.study().report(trial, attempt, step, {{parts.study().spec().objectives.front().metric, value}}));
    parts.decisions[trial] = decided.prune;
    return Decision{.prune = decided.prune, .reason = std::move(decided.reason)};
  });
}

Result<bool> Study::should_prune(std::int64_t trial) const {
  return StudyDoor::enter(parts_, [&](Parts& parts) -> base::Result<bool> {
    if (trial < 0 || trial >= static_cast<std::int64_t>(parts.study().records().size())) {
      return base::fail(base::ErrorCode::kNotFound, fmt::format("there is no trial {}", trial), "ask for one first");
    }
    if (parts.why_stopped(trial) != nullptr) return true;
    const auto found = parts.decisions.find(trial);
    return found != parts.decisions.end() && found->second;
  });
}

Result<void> Study::tell(std::int64_t trial, double value) { return tell(trial, Outcome{.values = {value}}); }

Result<void> Study::tell(std::int64_t trial, const Outcome& outcome) {
  return StudyDoor::enter(parts_, [&](Parts& parts) -> base::Result<void> {
    STERLET_TRY(study::Outcome told, inner(outcome));
    if (parts.why_stopped(trial) != nullptr) return {};
    STERLET_TRY(auto transaction, parts.study().begin());
    STERLET_TRY(const int attempt, parts.attempt_of(trial));
    STERLET_PASS(parts.study().tell(trial, attempt, std::move(told)));
    STERLET_PASS(transaction.commit());
    parts.decisions.erase(trial);
    return {};
  });
}

Result<std::int64_t> Study::add(const Params& params, const Outcome& outcome) {
  return StudyDoor::enter(parts_, [&](Parts& parts) -> base::Result<std::int64_t> {
    STERLET_TRY(study::Outcome told, inner(outcome));
    return parts.study().add(library::json_of(params), std::move(told));
  });
}

Result<void> Study::enqueue(const Params& params) {
  return StudyDoor::enter(parts_, [&](Parts& parts) { return parts.study().enqueue(library::json_of(params)); });
}

Result<TrialRecord> Study::best() const {
  return StudyDoor::enter(parts_, [](Parts& parts) -> base::Result<TrialRecord> {
    STERLET_PASS(parts.study().refresh());
    const std::vector<std::int64_t> best = parts.study().best();
    if (best.empty()) {
      return base::fail(base::ErrorCode::kNotFound, "no trial has finished with a value yet", "tell one first");
    }
    return parts.record_of(best.front());
  });
}

Result<std::vector<TrialRecord>> Study::best_trials() const {
  return StudyDoor::enter(parts_, [](Parts& parts) -> base::Result<std::vector<TrialRecord>> {
    STERLET_PASS(parts.study().refresh());
    std::vector<TrialRecord> trials;
    for (const std::int64_t number : parts.study().best()) trials.push_back(parts.record_of(number));
    return trials;
  });
}

Result<std::vector<TrialRecord>> Study::trials() const {
  return StudyDoor::enter(parts_, [](Parts& parts) -> base::Result<std::vector<TrialRecord>> {
    STERLET_PASS(parts.study().refresh());
    std::vector<TrialRecord> trials;
    for (const std::int64_t number : parts.study().shown_trials()) trials.push_back(parts.record_of(number));
    return trials;
  });
}

Result<std::vector<Importance>> Study::importance(std::size_t objective) const {
  return StudyDoor::enter(parts_, [&](Parts& parts) -> base::Result<std::vector<Importance>> {
    STERLET_PASS(parts.study().refresh());
    const std::size_t count = parts.study().spec().objectives.size();
    if (objective >= count) {
      return base::fail(base::ErrorCode::kInvalidArgument, fmt::format("there is no objective {}", objective),
                        fmt::format("the last one is {}", count - 1));
    }
    const doctor::Importance found = doctor::importance_of(parts.study(), objective);
    if (!found.is_enough) {
      return base::fail(base::ErrorCode::kNotFound, fmt::format("{}: not enough data: {}", found.metric, found.why));
    }
    std::vector<Importance> rows;
    for (const doctor::ImportanceRow& row : found.rows) {
      rows.push_back({.name = row.name,
                      .fanova = share_of(row.fanova),
                      .pedanova = share_of(row.pedanova),
                      .shapley = share_of(row.shapley)});
    }
    return rows;
  });
}

Result<void> Study::keep_alive() {
  return StudyDoor::enter(parts_, [](Parts& parts) { return parts.look_around(); });
}

std::vector<std::string> Study::remarks() {
  return parts_ ? std::exchange(parts_->remarks, {}) : std::vector<std::string>();
}

const std::string& Study::name() const noexcept {
  static const std::string none;
  return parts_ ? parts_->study().spec().name : none;
}

std::string_view text_of(State state) noexcept {
  switch (state) {
    case State::kWaiting:
      return "WAITING";
    case State::kRunning:
      return "RUNNING";
    case State::kPaused:
      return "PAUSED";
    case State::kComplete:
      return "COMPLETE";
    case State::kPruned:
      return "PRUNED";
    case State::kFailed:
      return "FAILED";
    case State::kLost:
      return "LOST";
    case State::kCancelled:
      return "CANCELLED";
  }
  return "UNKNOWN";
}

const char* version() noexcept { return STERLET_VERSION; }

}  // namespace sterlet
