// What the mailbox asks of a model.
#include <algorithm>

#include <fmt/format.h>

#include "sterlet/babysit/raiser.h"
#include "sterlet/babysit/judge/verdict.h"
#include "sterlet/base/text.h"

namespace sterlet::babysit {

using base::ErrorCode;
using base::fail;
using base::Json;
using base::Result;
using storage::CheckpointRecord;
using storage::CommandRecord;
using storage::InterventionRecord;

namespace {

constexpr std::int64_t kUndoneNewsMs = 60'000;

std::string text_in(const Json& body, const char* key) {
  const auto found = body.find(key);
  return found != body.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string ago_text(std::int64_t ms) {
  const std::int64_t seconds = ms / 1000;
  return base::duration_text(static_cast<double>(seconds));
}

}  // namespace

// One command at a time, in the order they came; our own first. Those that are answered at once do not hold up the
// next.
Result<void> Raiser::obey() {
  if (!action_) stop_.reset();
  if (!mail_ && own_.empty()) return {};
  // Nothing is known of a program that has neither said hello nor reported yet; what can wait, waits.
  STERLET_TRY(auto commands, live_.pending_commands(study_.storage_id()));
  mail_ = false;
  commands.insert(commands.begin(), own_.begin(), own_.end());
  std::erase_if(commands, [&](const CommandRecord& command) { return command.trial != tree_.model.trial; });
  if (action_) return stop_in_flight(commands);
  for (const CommandRecord& command : commands) {
    if (ending_ || to_launch_ || action_) return {};
    if (!hello_ && !reported_ && command.kind != "stop") return {};
    if (command.id == 0 && !own_.empty()) own_.pop_front();
    if (auto begun = begin(command); !begun) {
      action_.reset();
      if (begun.error().code == ErrorCode::kDisk && begun.error().where.ends_with(".db")) return begun;
      STERLET_PASS(refuse(command, begun.error()));
    }
  }
  return {};
}

// A stop while an action is in flight. What has only asked for a checkpoint is dropped: nothing of it was done. What
// the program was sent a `set` or a `restore` for is different: the program may be carrying it out already, so that
// what it trains, and which branch its next checkpoint is of, depends on an answer that is still to come. The stop waits
// for that answer, and no longer than `answer_seconds`; after that, whatever the program says is of an unknown branch
// and is not listened to, and the trial goes on from a checkpoint that was stored before the action began.
Result<void> Raiser::stop_in_flight(const std::vector<CommandRecord>& commands) {
  const auto asked =
      std::find_if(commands.begin(), commands.end(), [](const CommandRecord& command) { return command.kind == "stop"; });
  if (asked == commands.end() || action_->command.kind == "stop") return {};
  const CommandRecord stop = *asked;
  if (action_->awaits_answer()) {
    const std::int64_t now = clock_.steady_ms();
    if (!stop_) {
      stop_ = {.command = stop, .until_ms = now + static_cast<std::int64_t>(options_.answer_seconds * 1000)};
      sayings_.push_back(fmt::format("the stop waits for the program's answer to a {} in flight, {} at most{}",
                                     action_->command.kind, base::duration_text(options_.answer_seconds),
                                     stop.id == 0 ? "; a second signal does not wait" : ""));
    }
    if (now < stop_->until_ms) return {};
    STERLET_PASS(give_up(fmt::format("the model was stopped, and the program did not answer within {}",
                                     base::duration_text(options_.answer_seconds))));
  } else {
    const CommandRecord dropped = action_->command;
    action_.reset();
    if (dropped.id != 0) {
      STERLET_PASS(refuse(dropped, {.code = ErrorCode::kConflict,
                                    .where = {},
                                    .what = "the model was stopped before the program answered",
                                    .next = "nothing was changed"}));
    }
  }
  stop_.reset();
  if (stop.id == 0) std::erase_if(own_, [](const CommandRecord& command) { return command.kind == "stop"; });
  return begin_stop(stop);
}

// Leaves an action whose answer will not come, or comes too late. The program is not listened to any more.
Result<void> Raiser::give_up(const std::string& what) {
  const CommandRecord command = action_->command;
  action_.reset();
  held_.clear();
  sent_.clear();
  is_deaf_ = true;
  if (command.id == 0) return {};
  return refuse(command, {.code = ErrorCode::kConflict,
                          .where = {},
                          .what = what,
                          .next = "nothing was changed: the model goes on from a checkpoint made before"});
}

Result<void> Raiser::begin(const CommandRecord& command) {
  STERLET_TRY(const Json body, base::parse_json(command.body));
  if (command.kind == "set") return begin_set(command, body);
  if (command.kind == "undo") return begin_undo(command, body);
  if (command.kind == "branch") return begin_branch(command, body);
  if (command.kind == "pause") return begin_pause(command);
  if (command.kind == "resume") return begin_resume(command);
  if (command.kind == "stop") return begin_stop(command);
  if (command.id == 0) {
    if (command.kind == "rollback") return begin_roll_back(command, body);
    if (command.kind == "mark") return begin_mark(command);
    if (command.kind == "try") return begin_try(command, body);
    if (command.kind == "control") return begin_control(command);
    if (command.kind == "decide") return begin_decide(command, body);
  }
  return fail(ErrorCode::kInvalidArgument, fmt::format("'{}' is nothing a model can do", command.kind),
              "it was sent by another version of Sterlet");
}

Result<void> Raiser::check_live() const {
  if (hello_ && hello_->live) return {};
  return fail(ErrorCode::kConflict,
              hello_ ? "this program takes no live changes (its hello does not say live)"
                     : "this program takes no live changes (it has not said hello on the trial channel)",
              "use a client with live=True, as docs/babysit.md shows");
}

// Two people at once: who did not know of the newest change is told of it first.
Result<void> Raiser::check_latest(const Json& body) const {
  if (const InterventionRecord* made = controlled()) {
    return fail(
        ErrorCode::kConflict,
        fmt::format("the unchanged branch is being run as the control of {}'s change at step {}, so nothing was "
                    "changed",
                    made->who, made->step),
        fmt::format("give it again after {} more reports", options_.window));
  }
  if (!body.contains("seen") || tree_.interventions.empty()) return {};
  const std::int64_t seen = body.value("seen", INT64_MAX), seen_undo_ms = body.value("seen_undo_ms", INT64_MAX);
  std::string news;
  for (const InterventionRecord& made : tree_.interventions) {
    const std::string change = change_text(base::parse_json(made.set).value(), base::parse_json(made.was).value());
    if (made.id > seen) {
      news = fmt::format("{} has just changed {} at step {}", made.who, change, made.step);
    } else if (made.state == "undone" && made.decided_ms > seen_undo_ms) {
      news = fmt::format("{}'s change of {} at step {} has just been undone", made.who, change, made.step);
    }
  }
  if (news.empty()) return {};
  return fail(ErrorCode::kConflict, news + ", so nothing was changed",
              "look at it (sterlet show --tree), then give yours again");
}

Result<void> Raiser::begin_set(const CommandRecord& command, const Json& body) {
  STERLET_PASS(check_live());
  STERLET_PASS(check_latest(body));
  STERLET_TRY(const auto changes, changes_from_json(body.contains("changes") ? body["changes"] : Json::array()));
  const Json params = params_of(tree_, tree_.model.active);
  Action action{.command = command};
  STERLET_TRY(action.set, resolve_changes(changes, study_.space(), params));
  for (const auto& [name, value] : action.set.items()) action.was[name] = params[name];
  action.wants_checkpoint = hello_->restores;
  if (action.wants_checkpoint) outbox_.push_back({{"checkpoint", Json::object()}});
  send_set(action.set, true);
  if (tree_.model.paused) hold_ = false;
  action_ = std::move(action);
  return {};
}

// The guard takes several changes back at once, where the first of them is to blame.
Result<void> Raiser::begin_undo(const CommandRecord& command, const Json& body) {
  if (command.id != 0) STERLET_PASS(check_latest(body));
  const InterventionRecord* start =
      start_of(tree_, command.id == 0 ? body.value("through", tree_.model.active) : tree_.model.active);
  if (start == nullptr) {
    return fail(ErrorCode::kConflict,
                fmt::format("there is no change to undo on branch {}", branch_name(tree_.model.active)),
                "see sterlet show --tree");
  }
  STERLET_PASS(check_live());
  if (!hello_->restores || !start->checkpoint) {
    const Json was = base::parse_json(start->was).value();
    return fail(ErrorCode::kConflict,
                !hello_->restores ? "this program cannot go back to a checkpoint while it runs"
                                  : fmt::format("no checkpoint was taken before the change at step {}", start->step),
                was.empty()
                    ? "nothing was changed"
                    : fmt::format("to put the value back without going back: sterlet set {}", settings_words(was)));
  }
  const CheckpointRecord* target = find_checkpoint(tree_, *start->checkpoint);
  if (target == nullptr || target->state != "kept") {
    return fail(ErrorCode::kConflict,
                fmt::format("the checkpoint of step {}, taken before the change, is no longer kept", start->step),
                "see sterlet show --tree for those that are");
  }
  if (const auto whole = verify(checkpoints_folder(), *target); !whole) {
    return base::fail(ErrorCode::kConflict, whole.error().what + ", so nothing was changed",
                      "go back further with sterlet branch --at STEP", whole.error().where);
  }
  Action action{.command = command, .target = target->id};
  outbox_.push_back(restore_message(*target, start->came_from, touched_params(tree_, start->came_from)));
  if (tree_.model.paused) hold_ = false;
  action_ = std::move(action);
  return {};
}

Result<void> Raiser::begin_branch(const CommandRecord& command, const Json& body) {
  STERLET_PASS(check_live());
  if (!hello_->restores) {
    return fail(ErrorCode::kConflict, "this program cannot go back to a checkpoint while it runs",
                "nothing was changed");
  }
  STERLET_PASS(check_latest(body));
  int from = tree_.model.active;
  if (const std::string name = text_in(body, "from"); !name.empty()) {
    const auto number = branch_number(name);
    if (!number || *number >= static_cast<int>(tree_.branches.size())) {
      return fail(ErrorCode::kNotFound, fmt::format("there is no branch '{}'", base::printable(name)),
                  fmt::format("they go from a to {}", branch_name(static_cast<int>(tree_.branches.size()) - 1)));
    }
    from = *number;
  }
  if (!body.contains("at") || !body["at"].is_number_integer()) {
    return fail(ErrorCode::kInvalidArgument, "a branch starts at a step", "say which: --at STEP");
  }
  STERLET_TRY(const CheckpointRecord* target, checkpoint_at(tree_, from, body["at"].get<std::int64_t>()));
  const Json params = params_of(tree_, target->branch);
  Action action{.command = command, .target = target->id};
  STERLET_TRY(const auto changes, changes_from_json(body.contains("changes") ? body["changes"] : Json::array()));
  if (!changes.empty()) {
    STERLET_TRY(action.set, resolve_changes(changes, study_.space(), params));
  }
  for (const auto& [name, value] : action.set.items()) action.was[name] = params[name];
  if (const auto whole = verify(checkpoints_folder(), *target); !whole) {
    return base::fail(ErrorCode::kConflict, whole.error().what + ", so nothing was changed",
                      "see sterlet show --tree for the others", whole.error().where);
  }
  Json set = touched_params(tree_, target->branch);
  for (const auto& [name, value] : action.set.items()) set[name] = value;
  action.wants_checkpoint = true;
  outbox_.push_back({{"checkpoint", Json::object()}});
  outbox_.push_back(restore_message(*target, target->branch, set));
  if (tree_.model.paused) hold_ = false;
  action_ = std::move(action);
  return {};
}

Result<void> Raiser::begin_pause(const CommandRecord& command) {
  if (tree_.model.paused) return fail(ErrorCode::kConflict, "it is paused already", "sterlet resume lets it go on");
  action_ = Action{.command = command};
  if (!hello_ || !hello_->restores) return finish_pause();
  action_->wants_checkpoint = true;
  outbox_.push_back({{"checkpoint", Json::object()}});
  return {};
}

Result<void> Raiser::finish_pause() {
  tree_.model.paused = true;
  executor_.hold(id_, true);  // Before it is stored: who reads that it is paused may rely on it.
  STERLET_PASS(live_.put_model(study_.storage_id(), tree_.model));
  return answer(fmt::format("trial {} is paused at step {}", id_.trial, step_));
}

Result<void> Raiser::begin_resume(const CommandRecord& command) {
  if (!tree_.model.paused) return fail(ErrorCode::kConflict, "it is not paused", "nothing was changed");
  action_ = Action{.command = command};
  tree_.model.paused = false;
  hold_ = false;
  STERLET_PASS(live_.put_model(study_.storage_id(), tree_.model));
  return answer(fmt::format("trial {} goes on from step {}", id_.trial, step_));
}

Result<void> Raiser::begin_stop(const CommandRecord& command) {
  action_ = Action{.command = command, .asked_stop = true};
  hold_ = false;
  if (!hello_) {
    executor_.end(id_, "it was stopped");
    return {};
  }
  if (hello_->restores && !is_deaf_) outbox_.push_back({{"checkpoint", Json::object()}});
  outbox_.push_back({{"stop", Json::object()}});
  return {};
}

Result<void> Raiser::answer(const std::string& sentence, const Json& more) {
  if (!action_) return {};
  const CommandRecord command = action_->command;
  action_.reset();
  mail_ = true;
  if (tree_.model.paused && command.kind != "pause") hold_ = true;
  if (!sentence.empty()) sayings_.push_back(sentence);
  if (command.id == 0) return {};
  Json answer{{"sentence", sentence}};
  answer.update(more);
  return live_.answer_command(command.id, "done", base::json_line(answer), clock_.wall_ms());
}

Result<void> Raiser::refuse(const CommandRecord& command, const base::Error& error) {
  mail_ = true;
  if (tree_.model.paused) hold_ = true;
  sayings_.push_back(fmt::format("{} of {} was refused: {}", command.kind, command.who, error.message()));
  if (command.id == 0) {
    guard_from_step_ = step_;
    return {};
  }
  const Json answer{
      {"code", static_cast<int>(error.code)}, {"where", error.where}, {"what", error.what}, {"next", error.next}};
  return live_.answer_command(command.id, "refused", base::json_line(answer), clock_.wall_ms());
}

Result<void> Raiser::add_branch(int parent, std::int64_t step, std::optional<std::int64_t> checkpoint,
                                InterventionRecord made) {
  Json params = params_of(tree_, parent);
  for (const auto& [name, value] : action_->set.items()) params[name] = value;
  const storage::BranchRecord branch{.number = static_cast<int>(tree_.branches.size()),
                                     .parent = parent,
                                     .from_step = step,
                                     .params = base::json_line(params),
                                     .checkpoint = checkpoint,
                                     .skip_steps = action_->skip_steps,
                                     .created_ms = clock_.wall_ms()};
  const Json body = base::parse_json(action_->command.body).value_or(Json::object());
  made.kind = action_->command.kind;
  made.branch = parent;
  made.started = branch.number;
  made.came_from = action_->base.value_or(tree_.model.active);
  made.step = step;
  made.set = base::json_line(action_->set);
  made.was = base::json_line(action_->was);
  made.by = action_->command.id == 0 ? "autopilot" : "person";
  made.who = action_->command.who;
  made.note = text_in(body, "note");
  made.state = made.kind == "rollback" ? "kept" : "watching";
  made.checkpoint = action_->before;
  if (action_->base) {
    if (const auto ways = ways_on(tree_, *action_->base); !ways.empty()) made.checkpoint = ways.front()->id;
  }
  made.created_ms = branch.created_ms;
  STERLET_PASS(live_.add_branch(study_.storage_id(), id_.trial, branch));
  STERLET_TRY(made.id, live_.put_intervention(study_.storage_id(), id_.trial, made));
  tree_.branches.push_back(branch);
  tree_.interventions.push_back(std::move(made));
  return {};
}

Result<void> Raiser::make_active(int branch, std::optional<std::int64_t> restored_step) {
  tree_.model.active = branch;
  STERLET_PASS(live_.put_model(study_.storage_id(), tree_.model));
  own_curve_.clear();
  if (restored_step) {
    STERLET_PASS(live_.drop_branch_reports(study_.storage_id(), id_.trial, branch, *restored_step));
    STERLET_TRY(const auto line, line_reports(storage_, study_.storage_id(), tree_, branch));
    std::vector<storage::ReportRecord> reports;
    for (const storage::BranchReport& report : line) {
      reports.push_back({.trial = id_.trial,
                         .attempt = id_.attempt,
                         .step = report.step,
                         .metric = report.metric,
                         .value = report.value});
    }
    STERLET_PASS(study_.restate(id_.trial, id_.attempt, reports));
    watched_.clear();
    guard_from_step_ = 0;
    for (const storage::BranchReport& report : line) watch_value(report.step, report.metric, report.value);
    STERLET_TRY(own_curve_, branch_curve(branch));
  }
  return {};
}

// What somebody should know who changes something now.
std::string Raiser::watched_text() const {
  for (const InterventionRecord& made : tree_.interventions) {
    const bool is_watched = made.state == "watching";
    const bool is_undone = &made == &tree_.interventions.back() && made.state == "undone" && !made.outcome.empty() &&
                           clock_.wall_ms() - made.decided_ms < kUndoneNewsMs;
    if (!is_watched && !is_undone) continue;
    const std::string what =
        fmt::format("{}'s change of {} (step {}", made.who,
                    change_text(base::parse_json(made.set).value(), base::parse_json(made.was).value()), made.step);
    const std::string ago = ago_text(clock_.wall_ms() - (is_watched ? made.created_ms : made.decided_ms));
    return is_watched ? fmt::format("{}, {} ago) was still being watched", what, ago)
                      : fmt::format("{}) was undone {} ago: {}", what, ago, made.outcome);
  }
  return {};
}

// What came of a change, by what its branch has reported until now.
Result<void> Raiser::add_verdict(InterventionRecord& made) {
  const std::int64_t since = tree_.branches[static_cast<std::size_t>(made.branch)].from_step;
  STERLET_TRY(auto before, line_reports(storage_, study_.storage_id(), tree_, made.branch));
  std::erase_if(before, [&](const storage::BranchReport& report) { return report.step > made.step; });
  STERLET_TRY(const auto after, live_.load_branch_reports(study_.storage_id(), id_.trial, made.started));
  const auto window = static_cast<std::size_t>(options_.window);
  const auto verdict = judge(recent(curve_of(before, metric()), since, window), curve_of(after, metric()), minimizes());
  if (!verdict) return {};
  made.helped = verdict->helped;
  made.outcome =
      fmt::format("{} {:.4g} where {:.4g} was expected without it", metric(), verdict->measured, verdict->expected);
  sayings_.push_back(
      fmt::format("the change at step {} helped with p = {:.2f}: {}", made.step, *made.helped, made.outcome));
  return {};
}

// A change is watched until the next one, at most.
Result<void> Raiser::settle_watched() {
  for (InterventionRecord& made : tree_.interventions) {
    if (made.state != "watching") continue;
    const auto line = line_of(tree_, tree_.model.active);
    const bool is_on_line = std::find(line.begin(), line.end(), made.started) != line.end();
    made.state = is_on_line ? "kept" : "undone";
    made.decided_ms = clock_.wall_ms();
    if (is_on_line) STERLET_PASS(add_verdict(made));
    STERLET_PASS(live_.put_intervention(study_.storage_id(), id_.trial, made));
  }
  return {};
}

Result<void> Raiser::finish_set(std::int64_t step) {
  const std::string watched = watched_text();
  STERLET_PASS(settle_watched());
  const bool undoable = action_->before.has_value();
  STERLET_PASS(add_branch(tree_.model.active, step, action_->before, {}));
  const InterventionRecord& made = tree_.interventions.back();
  STERLET_PASS(make_active(made.started, std::nullopt));
  step_ = std::max(step_, step);
  std::string sentence = fmt::format("{} at step {} (branch {})", change_text(action_->set, action_->was), step,
                                     branch_name(made.started));
  if (!undoable) sentence += "; it cannot be undone";
  if (!watched.empty()) sentence += "; note: " + watched;
  return answer(sentence, {{"step", step},
                           {"branch", branch_name(made.started)},
                           {"set", action_->set},
                           {"was", action_->was},
                           {"undoable", undoable}});
}

// The change that started the active branch, those before it up to the one that started `through`, and those on these
// branches that nothing came of; what they were, in words.
Result<std::string> Raiser::mark_undone(int through, const std::string& why) {
  std::string what;
  for (bool is_last = false; !is_last;) {
    const int undone = tree_.model.active;
    is_last = undone == through || start_of(tree_, undone) == nullptr;
    for (InterventionRecord& made : tree_.interventions) {
      const bool is_start = made.started == undone;
      if (!is_start && !(made.branch == undone && made.state == "watching")) continue;
      if (is_start) {
        tree_.model.active = made.came_from;
        const std::string change =
            made.kind == "branch" ? fmt::format("branch {}", branch_name(undone))
                                  : change_text(base::parse_json(made.set).value(), base::parse_json(made.was).value());
        what = what.empty() ? change : change + ", then " + what;
        if (!why.empty()) made.outcome += (made.outcome.empty() ? "" : "; ") + why;
      }
      made.state = "undone";
      made.decided_ms = clock_.wall_ms();
      STERLET_PASS(live_.put_intervention(study_.storage_id(), tree_.model.trial, made));
    }
  }
  return what;
}

// A change that was judged early, because of one that has been undone since, is watched on.
Result<void> Raiser::watch_again() {
  for (InterventionRecord& made : tree_.interventions) {
    if (made.started != tree_.model.active || made.kind != "set" || made.state != "kept") continue;
    STERLET_TRY(const Curve curve, branch_curve(made.started));
    if (static_cast<int>(curve.size()) >= options_.window) return {};
    made.state = "watching";
    made.helped.reset();
    made.outcome.clear();
    STERLET_PASS(live_.put_intervention(study_.storage_id(), tree_.model.trial, made));
  }
  return {};
}

Result<void> Raiser::finish_undo() {
  const Json body = base::parse_json(action_->command.body).value_or(Json::object());
  const bool is_ours = action_->command.id == 0;
  const std::string why = text_in(body, "note");
  const int through = is_ours ? body.value("through", tree_.model.active) : tree_.model.active;
  STERLET_TRY(const std::string what, mark_undone(through, why));
  const std::int64_t step = step_;
  const std::string branch = branch_name(tree_.model.active);
  STERLET_PASS(make_active(tree_.model.active, step));
  STERLET_PASS(watch_again());
  STERLET_PASS(study_.checkpoint(id_.trial, id_.attempt, find_checkpoint(tree_, *action_->target)->path));
  return answer(
      fmt::format("{}undone: {}; branch {} goes on from step {}", is_ours ? why + "; " : "", what, branch, step),
      {{"step", step}, {"branch", branch}});
}

// What was to be undone while nobody raised the model is undone before its program starts, which might otherwise fail
// again before it hears of it.
Result<void> Raiser::undo_before_start() {
  STERLET_TRY(const auto commands, live_.pending_commands(study_.storage_id()));
  for (const CommandRecord& command : commands) {
    if (command.trial != tree_.model.trial) continue;
    const InterventionRecord* start = start_of(tree_, tree_.model.active);
    if (command.kind != "undo" || start == nullptr || !start->checkpoint) return {};
    STERLET_TRY(const Json body, base::parse_json(command.body));
    STERLET_TRY(const std::string what, mark_undone(tree_.model.active, text_in(body, "note")));
    STERLET_PASS(live_.put_model(study_.storage_id(), tree_.model));
    const std::string sentence = fmt::format("undone: {}; branch {} goes on", what, branch_name(tree_.model.active));
    sayings_.push_back(sentence);
    STERLET_PASS(live_.answer_command(command.id, "done", base::json_line({{"sentence", sentence}}), clock_.wall_ms()));
  }
  return {};
}

Result<void> Raiser::finish_branch() {
  STERLET_PASS(settle_watched());
  const CheckpointRecord target = *find_checkpoint(tree_, *action_->target);
  STERLET_PASS(add_branch(target.branch, target.step, target.id, {}));
  const int started = tree_.interventions.back().started;
  const Json set = action_->set, was = action_->was;
  STERLET_PASS(make_active(started, target.step));
  STERLET_PASS(study_.checkpoint(id_.trial, id_.attempt, target.path));
  return answer(
      fmt::format("branch {} goes on from step {} of branch {}{}", branch_name(started), target.step,
                  branch_name(target.branch), set.empty() ? "" : fmt::format(" with {}", change_text(set, was))),
      {{"step", target.step}, {"branch", branch_name(started)}, {"set", set}, {"was", was}});
}

}  // namespace sterlet::babysit
