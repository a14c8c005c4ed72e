#include "sterlet/babysit/supervisor.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "sterlet/babysit/raiser.h"
#include "sterlet/base/process.h"
#include "sterlet/base/text.h"
#include "sterlet/exec/local/local.h"
#include "sterlet/run/command.h"

namespace sterlet::babysit {

using base::ErrorCode;
using base::Json;
using base::Result;
using exec::Event;
using storage::State;

namespace {

constexpr std::int64_t kTickMs = 500;
constexpr std::int64_t kPollMs = 20;  // Where nothing wakes us.
constexpr std::int64_t kGroupMs = 50;
constexpr std::int64_t kBeatMs = 5000;
constexpr std::int64_t kOtherHostGraceMs = 60000;
constexpr int kRestartsMax = 5;

bool is_alive(const storage::SessionRecord& session, const base::Clock& clock) {
  const base::ProcessIdentity process{.host = session.host, .pid = session.pid, .start = session.pid_start};
  if (process.host == base::this_process().host) return base::is_running(process);
  return clock.wall_ms() - session.beat_ms < kOtherHostGraceMs;
}

bool is_final(State state) {
  return state == State::kComplete || state == State::kPruned || state == State::kFailed || state == State::kCancelled;
}

}  // namespace

Raiser::Raiser(study::Study& study, storage::Storage& storage, exec::Executor& executor, const base::Clock& clock,
               Observer& observer, const Start& start, const Options& options)
    : study_(study),
      storage_(storage),
      live_(storage.live()),
      executor_(executor),
      clock_(clock),
      observer_(observer),
      start_(start),
      options_(options) {}

Result<Ending> Raiser::run() {
  STERLET_PASS(begin_model());
  std::vector<Event> events;
  while (true) {
    STERLET_PASS(turn(events));
    if (ending_) break;
    events.clear();
    STERLET_PASS(gather(events));
  }
  storage::SessionRecord session = options_.session;
  session.ended = true;
  STERLET_PASS(study_.beat(session));
  ending_->last_signal = last_signal_;
  return *ending_;
}

// Waits for what there is to do. Reports that nobody waits for are stored in groups: a program that reports at every
// step would else keep the storage locked nearly all the time, and a person could not get a word in.
Result<void> Raiser::gather(std::vector<Event>& events) {
  const auto is_report = [](const Event& event) {
    const auto* report = std::get_if<Event::Report>(&event.what);
    return report != nullptr && !report->ack;
  };
  while (true) {
    const int wake = live_.wake_fd();
    std::vector<int> also;
    if (options_.signal_fd >= 0) also.push_back(options_.signal_fd);
    if (wake >= 0) also.push_back(wake);
    const std::int64_t quiet_ms = std::max<std::int64_t>(0, quiet_until_ms_ - clock_.steady_ms());
    const std::int64_t most_ms = wake >= 0 ? kTickMs : kPollMs;
    for (Event& event : executor_.wait(events.empty() ? most_ms : std::min(most_ms, quiet_ms), also)) {
      events.push_back(std::move(event));
    }
    read_signals();
    STERLET_TRY(const bool changed, live_.changed_elsewhere());
    mail_ = mail_ || changed;
    observer_.tick();
    const bool only_reports = !events.empty() && std::all_of(events.begin(), events.end(), is_report);
    if (!only_reports || mail_ || !own_.empty() || clock_.steady_ms() >= quiet_until_ms_) return {};
  }
}

Result<void> Raiser::begin_model() {
  STERLET_TRY(auto transaction, study_.begin());
  STERLET_PASS(choose_model());
  STERLET_PASS(transaction.commit());
  speak();
  return {};
}

// The session of a running trial, where that is another than ours.
const storage::SessionRecord* Raiser::raiser_of(const storage::TrialRecord& record,
                                                const std::vector<storage::SessionRecord>& sessions) const {
  if (record.state != State::kRunning || study_.session_of(record.number) == options_.session.id) return nullptr;
  const auto found = std::find_if(sessions.begin(), sessions.end(),
                                  [&](const auto& session) { return session.id == study_.session_of(record.number); });
  return found == sessions.end() ? nullptr : &*found;
}

// Two models at once share the machine, which nobody wants by mistake.
Result<void> Raiser::check_alone(const std::vector<storage::ModelRecord>& models,
                                 const std::vector<storage::SessionRecord>& sessions) const {
  for (const storage::ModelRecord& model : models) {
    const auto* raiser = raiser_of(study_.records()[static_cast<std::size_t>(model.trial)], sessions);
    if (raiser == nullptr || raiser->ended || !is_alive(*raiser, clock_)) continue;
    return base::fail(
        ErrorCode::kConflict,
        fmt::format("the model (trial {}) is still being raised, by process {}", model.trial, raiser->pid),
        "end it with sterlet stop first, or give --beside to raise both at once", study_.spec().name);
  }
  return {};
}

Result<void> Raiser::choose_model() {
  STERLET_PASS(study_.beat(options_.session));
  beat_at_ms_ = clock_.steady_ms();
  STERLET_TRY(const auto sessions, storage_.load_sessions(study_.storage_id()));
  STERLET_TRY(const auto models, live_.load_models(study_.storage_id()));
  if (start_.fresh && !start_.beside) STERLET_PASS(check_alone(models, sessions));
  if (start_.fresh || models.empty()) {
    STERLET_TRY(space::Point point, study_.space().from_json(start_.params));
    STERLET_TRY(study::Claim claim, study_.start_at(std::move(point), space::Origin::kAdded));
    tree_.model = {.trial = claim.number};
    tree_.branches = {
        {.number = 0, .from_step = 0, .params = base::json_line(start_.params), .created_ms = clock_.wall_ms()}};
    STERLET_PASS(live_.put_model(study_.storage_id(), tree_.model));
    STERLET_PASS(live_.add_branch(study_.storage_id(), claim.number, tree_.branches.front()));
    to_launch_ = std::move(claim);
    return {};
  }
  const auto found = std::find_if(models.begin(), models.end(), [&](const storage::ModelRecord& model) {
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
  if (const auto* raiser = raiser_of(record, sessions)) {
    if (!raiser->ended && is_alive(*raiser, clock_)) {
      return base::fail(
          ErrorCode::kConflict,
          fmt::format("the model (trial {}) is being raised by process {} already", record.number, raiser->pid),
          "change it with sterlet set, or end that with sterlet stop", study_.spec().name);
    }
    exec::end_session_leftovers(raiser->id);
  }
  STERLET_TRY(tree_, load_tree(storage_, study_.storage_id(), *found));
  STERLET_TRY(to_launch_, study_.take_over(found->trial));
  tree_.model.paused = false;
  for (const storage::BranchRecord& branch : tree_.branches) {
    STERLET_TRY(const auto reports, live_.load_branch_reports(study_.storage_id(), found->trial, branch.number));
    std::int64_t last = reports.empty() ? branch.from_step : reports.back().step;
    for (const storage::CheckpointRecord& checkpoint : tree_.checkpoints) {
      if (checkpoint.branch == branch.number) last = std::max(last, checkpoint.step);
    }
    spent_steps_ += last - branch.from_step;
  }
  STERLET_PASS(live_.put_model(study_.storage_id(), tree_.model));
  return undo_before_start();
}

// The newest whole checkpoint of the active branch. Where none is left, the branch is given up for its parent: its own
// hyperparameters must not be used on what they were not chosen for. Nothing: from the beginning.
Result<std::optional<storage::CheckpointRecord>> Raiser::choose_way_on() {
  while (true) {
    std::vector<storage::CheckpointRecord> ways;
    for (const auto* way : ways_on(tree_, tree_.model.active)) ways.push_back(*way);
    for (const storage::CheckpointRecord& way : ways) {
      const auto whole = verify(checkpoints_folder(), way);
      if (whole) return way;
      STERLET_PASS(live_.set_checkpoint_state(way.id, "damaged"));
      for (auto& checkpoint : tree_.checkpoints) {
        if (checkpoint.id == way.id) checkpoint.state = "damaged";
      }
      sayings_.push_back(whole.error().message() + "; an earlier one is used");
    }
    const storage::BranchRecord& active = tree_.branches[static_cast<std::size_t>(tree_.model.active)];
    const auto parent = active.parent;
    if (!parent || !active.checkpoint) return std::nullopt;
    for (auto& made : tree_.interventions) {
      if (made.started != tree_.model.active || made.state == "undone") continue;
      made.state = "undone";
      made.outcome = "no whole checkpoint of it was left";
      made.decided_ms = clock_.wall_ms();
      STERLET_PASS(live_.put_intervention(study_.storage_id(), tree_.model.trial, made));
    }
    sayings_.push_back(fmt::format("branch {} has no whole checkpoint left, so branch {} goes on",
                                   branch_name(tree_.model.active), branch_name(*parent)));
    tree_.model.active = *parent;
    STERLET_PASS(live_.put_model(study_.storage_id(), tree_.model));
  }
}

Result<void> Raiser::launch(const study::Claim& claim) {
  const studyfile::StudySpec& spec = study_.spec();
  STERLET_TRY(auto transaction, study_.begin());
  STERLET_TRY(const auto way, choose_way_on());
  id_ = {.trial = claim.number, .attempt = claim.attempt};
  step_ = way ? way->step : 0;
  value_ = way ? way->value : std::nullopt;
  STERLET_PASS(make_active(tree_.model.active, step_));
  STERLET_PASS(study_.checkpoint(id_.trial, id_.attempt, way ? way->path : std::string()));
  STERLET_PASS(transaction.commit());

  const std::string folder = fmt::format("{}/{}", options_.trials_folder, claim.number);
  base::RandomStream seeds(
      {.seed = study_.seed(), .trial = static_cast<std::uint64_t>(claim.number), .stream = base::Stream::kTrialSeed});
  exec::Launch launch;
  launch.id = id_;
  launch.params = params_of(tree_, tree_.model.active);
  launch.seed = seeds.next_word() >> 1;
  launch.argv =
      run::expand_command(spec.command, launch.params,
                          {.trial = claim.number, .seed = launch.seed, .checkpoint_folder = folder + "/checkpoints"});
  launch.folder = spec.folder;
  launch.trial_folder = folder;
  launch.environment = {{"STERLET_PARAMS_EXACT", "1"}};
  if (way) launch.resume_path = way->path;
  const std::int64_t skip_steps = tree_.branches[static_cast<std::size_t>(tree_.model.active)].skip_steps;
  if (way && way->branch != tree_.model.active && skip_steps > 0) {
    launch.environment.emplace_back("STERLET_SKIP_STEPS", std::to_string(skip_steps));
  }
  launch.stdout_pattern = spec.metrics.pattern;
  launch.limits = {.memory_bytes = spec.resources.memory_bytes, .seconds = spec.resources.seconds};
  launch.gpus = options_.gpus;
  hello_.reset();
  sent_.clear();
  held_.clear();
  stop_.reset();
  reported_ = false;
  resumed_ = way.has_value();
  failure_.clear();
  final_values_.clear();
  checkpoint_at_ms_ = clock_.steady_ms();
  mail_ = true;
  is_deaf_ = is_held_ = false;
  if (!mark_ && way) find_mark(*way);
  STERLET_PASS(executor_.launch(launch));
  sayings_.push_back(fmt::format("trial {} trains with {} from {}", claim.number, settings_text(launch.params),
                                 way ? fmt::format("the checkpoint of step {}", way->step) : "the beginning"));
  return {};
}

void Raiser::read_signals() {
  if (options_.signal_fd < 0) return;
  signalfd_siginfo info{};
  while (read(options_.signal_fd, &info, sizeof(info)) == static_cast<ssize_t>(sizeof(info))) {
    // A terminal that closes sends SIGHUP by the system and by its shell: they are one wish.
    if (info.ssi_signo == SIGHUP && interruptions_ > 0) continue;
    ++interruptions_;
    last_signal_ = static_cast<int>(info.ssi_signo);
    if (interruptions_ == 1) own_.push_front({.trial = tree_.model.trial, .kind = "stop", .who = "a signal"});
    if (interruptions_ == 2) executor_.end(id_, "it was interrupted");
    if (interruptions_ > 2) executor_.kill(id_, "it was interrupted");
  }
}

Result<void> Raiser::turn(const std::vector<Event>& events) {
  std::vector<std::optional<Result<base::FileChecksum>>> checksums;
  for (const Event& event : events) {
    const auto* told = std::get_if<Event::Checkpoint>(&event.what);
    if (told == nullptr) {
      checksums.emplace_back();
      continue;
    }
    const auto path = run::contained(checkpoints_folder(), told->path);
    checksums.emplace_back(path ? base::checksum_of(path->string()) : base::fail(path.error()));
  }
  const std::int64_t now = clock_.steady_ms();
  const bool is_beat_due = now - beat_at_ms_ >= kBeatMs;
  const bool is_checkpoint_due =
      static_cast<double>(now - checkpoint_at_ms_) >= options_.checkpoint_seconds * 1000 && !tree_.model.paused;
  mail_ = mail_ || (stop_ && now >= stop_->until_ms);
  if (!events.empty() || is_beat_due || mail_ || !own_.empty()) {
    STERLET_TRY(auto transaction, study_.begin());
    for (std::size_t i = 0; i < events.size(); ++i) {
      if (events[i].id == id_) STERLET_PASS(take(events[i], checksums[i]));
    }
    if (is_beat_due) STERLET_PASS(look_around());
    if (!ending_ && !to_launch_) STERLET_PASS(obey());
    STERLET_PASS(transaction.commit());
    const std::int64_t done = clock_.steady_ms();
    // The autopilot pays for each step that is trained before it is heard.
    const bool is_piloted = options_.autopilot == Autopilot::kAuto;
    quiet_until_ms_ = is_piloted ? done : done + std::max(kGroupMs, 2 * (done - now));
  }
  if (is_checkpoint_due && hello_ && hello_->restores && !action_) {
    outbox_.push_back({{"checkpoint", Json::object()}});
    checkpoint_at_ms_ = now;
  }
  speak();
  if (to_launch_) {
    const study::Claim claim = *std::exchange(to_launch_, std::nullopt);
    STERLET_PASS(launch(claim));
    speak();
  }
  return {};
}

Result<void> Raiser::look_around() {
  beat_at_ms_ = clock_.steady_ms();
  return study_.beat(options_.session);
}

// What is told and done once the transaction is on the disk. What a report led to is told before its answer: a program
// that waits for the answer makes no step more before it hears of it.
void Raiser::speak() {
  for (const Json& message : std::exchange(outbox_, {})) executor_.send(id_, message);
  for (const auto& [ack, prune] : std::exchange(acks_, {})) executor_.acknowledge(ack, prune);
  if (const auto hold = std::exchange(hold_, std::nullopt)) executor_.hold(id_, *hold);
  if (std::exchange(is_held_, false) && !tree_.model.paused) executor_.hold(id_, false);
  for (const std::string& path : std::exchange(to_remove_, {})) run::delete_checkpoint(checkpoints_folder(), path);
  for (const std::string& saying : std::exchange(sayings_, {})) observer_.said(saying);
  if (!tree_.branches.empty()) observer_.stands(status());
  if (restart_wanted_) {
    restart_wanted_ = false;
    executor_.kill(id_, "");
  }
}

Status Raiser::status() const {
  Status status{.trial = tree_.model.trial,
                .branch = branch_name(tree_.model.active),
                .step = step_,
                .value = value_,
                .live = Json::object(),
                .doing = doing_text()};
  const Json params = params_of(tree_, tree_.model.active);
  for (const space::Parameter& parameter : study_.space().parameters()) {
    if (parameter.live && params.contains(parameter.name)) status.live[parameter.name] = params[parameter.name];
  }
  return status;
}

std::string Raiser::doing_text() const {
  if (tree_.model.paused) return "paused";
  if (action_ && action_->command.id != 0) return fmt::format("{}: the program is asked", action_->command.kind);
  const std::string window =
      fmt::format("{} of {} reports", std::min<std::size_t>(own_curve_.size(), options_.window), options_.window);
  std::string text;
  const storage::InterventionRecord* start = start_of(tree_, tree_.model.active);
  const bool is_watched = start != nullptr && start->state == "watching";
  if (is_watched) {
    const std::string change = change_text(base::parse_json(start->set).value_or(Json::object()),
                                           base::parse_json(start->was).value_or(Json::object()));
    text = fmt::format("{} {}, {}", start->kind == "try" ? "tries" : "watches", change, window);
  } else if (controlled() != nullptr) {
    text = fmt::format("runs the unchanged branch as the control, {}", window);
  } else if (options_.autopilot == Autopilot::kAuto) {
    text = "autopilot: watches the line";
  } else if (options_.autopilot == Autopilot::kAdvise) {
    text = "gives advice";
  }
  if (options_.autopilot == Autopilot::kAuto && options_.limits.steps) {
    text += fmt::format("; {} of {} steps spent", spent_steps_, *options_.limits.steps);
  }
  if (options_.guard) text += text.empty() ? "guarded" : "; guarded";
  return text;
}

Result<void> Raiser::on_exit(const Event::Exited& exited) {
  hello_.reset();
  const bool is_end_of_its_own = exited.cause == exec::Cause::kFinished && failure_.empty();
  const bool was_told = interruptions_ > 1 || (action_ && action_->command.kind == "stop");
  if (is_end_of_its_own && !was_told && !is_deaf_) {
    // It came to its end before it read what it was sent, so that all it told is of the branch before.
    STERLET_PASS(take_held(std::exchange(held_, {})));
  } else {
    // Whether what it told after that is of the branch before or after, it did not live to say.
    for (const Held& held : std::exchange(held_, {})) {
      if (const auto* told = std::get_if<Event::Checkpoint>(&held.event.what)) forget_file(told->path);
    }
  }
  if (stop_ && action_) {
    STERLET_PASS(give_up("the program ended before it answered, for the model was stopped"));
    action_ = Action{.command = stop_->command, .asked_stop = true};
  }
  const bool stopping = interruptions_ > 0 || (action_ && action_->command.kind == "stop");
  if (action_ && !stopping) {
    // Carried out again by the next attempt, unless the answer is there already.
    if (action_->command.id == 0) own_.push_front(action_->command);
    action_.reset();
  }
  tree_.model.paused = false;
  if (is_spent_) return finish(State::kComplete, "its steps are spent");
  const bool restart_asked = exited.cause == exec::Cause::kStopped && exited.reason.empty() && !stopping;
  if (is_end_of_its_own && (!was_told || !final_values_.empty())) {
    if (!stopping) {
      STERLET_TRY(const bool is_rolled_back, roll_back_unheard());
      if (is_rolled_back) return {};
    }
    return finish(State::kComplete, "");
  }
  if (stopping) {
    return finish(State::kPaused, fmt::format("stopped at step {}", step_));
  }
  if ((exited.cause == exec::Cause::kSignal && failure_.empty() && restarts_ < kRestartsMax) || restart_asked) {
    return restart(restart_asked ? "it is started again" : exited.reason);
  }
  if (options_.guard && exited.cause != exec::Cause::kStopped) {
    STERLET_TRY(const bool is_rolled_back, roll_back_at_rest(failure_.empty() ? exited.reason : failure_));
    if (is_rolled_back) return {};
  }
  return finish(State::kPaused, failure_.empty() ? exited.reason : failure_);
}

// A file that no checkpoint of the tree lies in.
void Raiser::forget_file(const std::string& path) {
  const auto is_of = [&](const storage::CheckpointRecord& kept) {
    return kept.state == "kept" && (kept.path == path || kept.path.starts_with(path + "/"));
  };
  if (std::none_of(tree_.checkpoints.begin(), tree_.checkpoints.end(), is_of)) to_remove_.push_back(path);
}

Result<void> Raiser::restart(const std::string& why) {
  ++restarts_;
  sayings_.push_back(fmt::format("{}; it goes on from its last checkpoint", why));
  STERLET_TRY(to_launch_, study_.take_over(tree_.model.trial));
  return live_.put_model(study_.storage_id(), tree_.model);
}

Result<void> Raiser::finish(State state, const std::string& reason) {
  const bool failed = state == State::kPaused && interruptions_ == 0 && !(action_ && action_->command.kind == "stop");
  ending_ = Ending{.trial = tree_.model.trial,
                   .finished = state == State::kComplete,
                   .failed = failed,
                   .reason = reason,
                   .step = step_,
                   .value = value_};
  if (state == State::kComplete) STERLET_PASS(settle_watched());
  study::Outcome outcome{.state = state, .values = final_values_, .reason = reason};
  if (outcome.values.size() != study_.spec().objectives.size()) outcome.values.clear();
  STERLET_PASS(study_.tell(id_.trial, id_.attempt, outcome));
  const auto& record = study_.records()[static_cast<std::size_t>(id_.trial)];
  if (record.state == State::kFailed) {
    ending_->finished = false;
    ending_->failed = true;
    ending_->reason = record.reason;
  }
  tree_.model.paused = false;
  STERLET_PASS(live_.put_model(study_.storage_id(), tree_.model));
  if (action_ && action_->command.kind == "stop") {
    STERLET_PASS(
        answer(state == State::kComplete
                   ? fmt::format("trial {} has finished", id_.trial)
                   : fmt::format("trial {} stopped at step {}; sterlet babysit goes on with it", id_.trial, step_)));
  }
  STERLET_TRY(const auto commands, live_.pending_commands(study_.storage_id()));
  for (const storage::CommandRecord& command : commands) {
    if (command.trial != id_.trial || state != State::kComplete) continue;
    STERLET_PASS(refuse(command, {.code = ErrorCode::kConflict,
                                  .where = {},
                                  .what = fmt::format("the model (trial {}) has just finished", id_.trial),
                                  .next = "nothing was changed"}));
  }
  return {};
}

Result<Ending> raise(study::Study& study, storage::Storage& storage, exec::Executor& executor, const base::Clock& clock,
                     Observer& observer, const Start& start, const Options& options) {
  return Raiser(study, storage, executor, clock, observer, start, options).run();
}

Result<Json> first_params(const space::Space& space, const Json& given) {
  std::vector<double> unit(space.dimensions().size(), 0.5);
  for (std::size_t i = 0; i < unit.size(); ++i) {
    const space::Dimension& dimension = space.dimensions()[i];
    const space::Parameter& parameter = space.parameters()[dimension.parameter];
    if (parameter.defaults.empty()) continue;
    const std::size_t element = std::min(dimension.element, parameter.defaults.size() - 1);
    const space::Scalar& chosen = parameter.defaults[element];
    std::optional<double> raw = base::number_from_json(space::json_from_scalar(chosen));
    for (std::size_t choice = 0; choice < parameter.choices.size(); ++choice) {
      if (space::same_choice(parameter.choices[choice], chosen)) raw = static_cast<double>(choice);
    }
    if (raw) unit[i] = space.axis(i).unit(*raw);
  }
  // Through the unit cube a default may lose its last digit; where all are given, they are taken as they are.
  const space::Point point = space.defaults().value_or(space.from_unit(unit));
  const base::StreamKey key{.seed = 0, .trial = UINT64_MAX, .stream = base::Stream::kComplete};
  STERLET_TRY(const space::Point completed, space.complete(given, point, key));
  return space.to_json(completed);
}

}  // namespace sterlet::babysit
