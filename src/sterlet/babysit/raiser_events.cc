// What a model's program tells.
#include <algorithm>

#include <fmt/format.h>

#include "sterlet/babysit/raiser.h"

namespace sterlet::babysit {

using base::Json;
using base::Result;
using exec::Event;

namespace {

constexpr std::size_t kHeldMax = 250'000;  // Some 50 MB.

// As told back: numbers may have become doubles on the way.
bool same_values(const Json& a, const Json& b) {
  if (a.size() != b.size()) return false;
  for (const auto& [name, value] : a.items()) {
    const auto found = b.find(name);
    if (found == b.end()) return false;
    const auto left = base::number_from_json(value), right = base::number_from_json(*found);
    if (left && right ? *left != *right : value != *found) return false;
  }
  return true;
}

}  // namespace

Result<void> Raiser::take(const Event& event, const std::optional<Result<base::FileChecksum>>& checksum) {
  const auto* report = std::get_if<Event::Report>(&event.what);
  const auto* told = std::get_if<Event::Checkpoint>(&event.what);
  if (is_deaf_ && !std::holds_alternative<Event::Exited>(event.what)) {
    if (report != nullptr && report->ack) acks_.emplace_back(*report->ack, false);  // It may wait to hear of its end.
    return {};
  }
  if ((report != nullptr || told != nullptr) && action_ && action_->awaits_answer()) return hold_back(event, checksum);
  if (report != nullptr) return take_report(*report);
  if (told != nullptr) return take_checkpoint(*told, *checksum);
  if (const auto* hello = std::get_if<Event::Hello>(&event.what)) return take_hello(*hello);
  if (const auto* applied = std::get_if<Event::Applied>(&event.what)) return take_applied(*applied);
  if (const auto* restored = std::get_if<Event::Restored>(&event.what)) return take_restored(*restored);
  if (const auto* refused = std::get_if<Event::Refused>(&event.what)) return take_refused(*refused);
  if (const auto* exited = std::get_if<Event::Exited>(&event.what)) return on_exit(*exited);
  if (const auto* value = std::get_if<Event::Value>(&event.what)) final_values_ = value->values;
  if (const auto* failed = std::get_if<Event::Failed>(&event.what)) failure_ = failed->reason;
  return {};
}

// What is told after a `set` or `restore` was sent is of one branch if the program had not read that yet, and of another
// if it had; only the answer tells. A program that waits for its report's answer gets it: it must come to read on.
Result<void> Raiser::hold_back(const Event& event, const std::optional<Result<base::FileChecksum>>& checksum) {
  const auto* report = std::get_if<Event::Report>(&event.what);
  if (report != nullptr && report->ack) acks_.emplace_back(*report->ack, false);
  held_.push_back({.event = event, .checksum = checksum});
  if (report != nullptr) std::get<Event::Report>(held_.back().event.what).ack.reset();
  if (held_.size() < kHeldMax) return {};
  sayings_.push_back(fmt::format("the program has not answered a {} in {} reports, so it is started again",
                                 action_->command.kind, held_.size()));
  restart_wanted_ = true;
  return give_up("the program trained on without an answer, so it was started again");
}

Result<void> Raiser::take_held(std::vector<Held> held) {
  for (const Held& one : held) {
    if (const auto* report = std::get_if<Event::Report>(&one.event.what)) STERLET_PASS(take_report(*report));
    if (const auto* told = std::get_if<Event::Checkpoint>(&one.event.what)) {
      STERLET_PASS(take_checkpoint(*told, *one.checksum));
    }
  }
  return {};
}

// Leaves in `held_` what is of the branch before an action, now that it is answered; returns what is of the branch
// after. A program answers before it trains on, so that mostly nothing is; one that answers late tells by its steps:
// those after the step from which it says a `set` was applied, and after a `restore` all from where they go back.
std::vector<Raiser::Held> Raiser::split_held(std::optional<std::int64_t> applied_step) {
  std::int64_t latest = INT64_MIN;
  const auto first = std::find_if(held_.begin(), held_.end(), [&](const Held& held) {
    const auto* report = std::get_if<Event::Report>(&held.event.what);
    const std::int64_t step = report != nullptr ? report->step : std::get<Event::Checkpoint>(held.event.what).step;
    const bool is_after = applied_step ? step > *applied_step : step < latest;
    latest = std::max(latest, report != nullptr ? step : latest);
    return is_after;
  });
  std::vector<Held> after(std::make_move_iterator(first), std::make_move_iterator(held_.end()));
  held_.erase(first, held_.end());
  return after;
}

Result<void> Raiser::take_hello(const Event::Hello& hello) {
  hello_ = hello;
  mail_ = true;
  if (tree_.model.live != hello.live || tree_.model.restores != hello.restores) {
    tree_.model.live = hello.live;
    tree_.model.restores = hello.restores;
    STERLET_PASS(live_.put_model(study_.storage_id(), tree_.model));
  }
  // A program may have taken its hyperparameters from the checkpoint; those of the branch count.
  const Json touched = touched_params(tree_, tree_.model.active);
  if (resumed_ && hello.live && !touched.empty()) send_set(touched, false);
  // The guard must always have somewhere to go back to, and the range test somewhere to begin.
  const bool is_watched = options_.guard || options_.autopilot != Autopilot::kOff;
  if (is_watched && hello.restores && !resumed_) outbox_.push_back({{"checkpoint", Json::object()}});
  return {};
}

Result<void> Raiser::take_report(const Event::Report& report) {
  std::vector<storage::BranchReport> rows;
  for (const auto& [name, value] : report.metrics) {
    rows.push_back({.step = report.step, .metric = name, .value = value});
    if (name == metric()) {
      value_ = value;
      own_curve_.emplace_back(report.step, value);
    }
    watch_value(report.step, name, value);
  }
  STERLET_PASS(live_.put_branch_reports(study_.storage_id(), id_.trial, tree_.model.active, rows));
  STERLET_PASS(study_.report(id_.trial, id_.attempt, report.step, report.metrics));
  spent_steps_ += std::max<std::int64_t>(0, report.step - step_);
  step_ = report.step;
  reported_ = true;
  restarts_ = 0;
  mail_ = mail_ || !hello_;
  if (report.ack) acks_.emplace_back(*report.ack, false);
  STERLET_PASS(guard());
  STERLET_PASS(judge_watched());
  return pilot();
}

// The change that started the active branch, once its window is full.
Result<void> Raiser::judge_watched() {
  const storage::InterventionRecord* start = start_of(tree_, tree_.model.active);
  if (start == nullptr || start->state != "watching" || start->kind == "try") return {};
  if (static_cast<int>(own_curve_.size()) < options_.window) return {};
  if (options_.control && start->checkpoint && hello_ && hello_->restores && hello_->live) {
    if (!action_ && own_.empty()) post_own("control", Json::object());
    return {};
  }
  return settle_watched();
}

Result<void> Raiser::take_checkpoint(const Event::Checkpoint& told, const Result<base::FileChecksum>& checksum) {
  if (!checksum) {
    sayings_.push_back(
        fmt::format("the checkpoint of step {} does not count: {}", told.step, checksum.error().message()));
    if (action_ && action_->command.kind == "mark") action_.reset();
    if (action_ && action_->takes_checkpoint()) action_->checkpoint_refusal = checksum.error().message();
    return {};
  }
  for (storage::CheckpointRecord& earlier : tree_.checkpoints) {
    if (earlier.state != "kept" || earlier.path != told.path) continue;
    // Its file was written over by this one.
    earlier.state = "deleted";
    STERLET_PASS(live_.set_checkpoint_state(earlier.id, earlier.state));
  }
  storage::CheckpointRecord checkpoint{.branch = tree_.model.active,
                                       .step = told.step,
                                       .path = told.path,
                                       .bytes = checksum->bytes,
                                       .checksum = checksum->text,
                                       .value = value_,
                                       .created_ms = clock_.wall_ms()};
  STERLET_TRY(checkpoint.id, live_.add_checkpoint(study_.storage_id(), id_.trial, checkpoint));
  STERLET_PASS(study_.checkpoint(id_.trial, id_.attempt, told.path));
  tree_.checkpoints.push_back(checkpoint);
  if (is_start_mark(checkpoint.id)) mark_ = checkpoint.id;
  spent_steps_ += std::max<std::int64_t>(0, told.step - step_);
  step_ = std::max(step_, told.step);
  checkpoint_at_ms_ = clock_.steady_ms();
  // One that was on its way already when the command began may come first: the last one before the answer counts.
  if (action_ && action_->takes_checkpoint()) {
    action_->wants_checkpoint = false;
    action_->checkpoint_refusal.clear();
    action_->before = checkpoint.id;
    if (action_->command.kind == "pause") STERLET_PASS(finish_pause());
    if (action_ && action_->command.kind == "mark") {
      mark_ = checkpoint.id;
      STERLET_PASS(answer({}));
    }
  }
  return clear_old_checkpoints();
}

Result<void> Raiser::clear_old_checkpoints() {
  // What the guard goes back to is chosen when that begins; a program may tell of many checkpoints until then.
  const auto is_roll_back = [](const storage::CommandRecord& command) { return command.kind == "rollback"; };
  if (std::any_of(own_.begin(), own_.end(), is_roll_back)) return {};
  Tree tree = tree_;
  // What a running command has in hand is needed, too, and the mark.
  if (mark_) tree.interventions.push_back({.started = tree_.model.active, .checkpoint = mark_});
  if (action_) {
    for (const auto& id : {action_->before, action_->target}) {
      if (id) tree.interventions.push_back({.started = tree_.model.active, .checkpoint = id});
    }
  }
  for (const std::int64_t id : to_delete(tree, options_.retention, minimizes())) {
    for (storage::CheckpointRecord& checkpoint : tree_.checkpoints) {
      if (checkpoint.id != id) continue;
      checkpoint.state = "deleted";
      to_remove_.push_back(checkpoint.path);
    }
    STERLET_PASS(live_.set_checkpoint_state(id, "deleted"));
  }
  const std::int64_t bytes = kept_bytes(tree_);
  if (options_.retention.quota_bytes && bytes > *options_.retention.quota_bytes && !quota_told_) {
    quota_told_ = true;
    sayings_.push_back(fmt::format("the checkpoints that are needed take {} bytes, more than the quota of {}", bytes,
                                   *options_.retention.quota_bytes));
  }
  return {};
}

void Raiser::send_set(const Json& set, bool is_action) {
  sent_.push_back({.set = set, .is_action = is_action});
  outbox_.push_back({{"set", set}});
}

// Programs answer in order, one answer a set; one that forgot an answer must not hold up the rest.
std::optional<Raiser::SentSet> Raiser::take_answered(const Json& told) {
  const auto found =
      std::find_if(sent_.begin(), sent_.end(), [&](const SentSet& sent) { return same_values(sent.set, told); });
  if (found == sent_.end()) return std::nullopt;
  SentSet answered = *found;
  sent_.erase(sent_.begin(), std::next(found));
  return answered;
}

Result<void> Raiser::take_applied(const Event::Applied& applied) {
  const auto answered = take_answered(applied.set);
  if (!answered || !answered->is_action || !action_ || action_->command.kind != "set") return {};
  std::vector<Held> after = split_held(applied.step);
  STERLET_PASS(take_held(std::exchange(held_, {})));
  if (!action_->checkpoint_refusal.empty()) {
    // The rule is: first a checkpoint, then the change. This program did the second without the first.
    send_set(action_->was, false);
    const storage::CommandRecord command = action_->command;
    const std::string reason = action_->checkpoint_refusal;
    action_.reset();
    return refuse(command,
                  {.code = base::ErrorCode::kDisk,
                   .where = {},
                   .what = fmt::format("no checkpoint could be taken ({}), so the change was put back", reason),
                   .next = "free some space, then give it again"});
  }
  STERLET_PASS(finish_set(applied.step));
  return take_held(std::move(after));
}

Result<void> Raiser::take_restored(const Event::Restored& restored) {
  if (!action_ || !action_->target) return {};
  const storage::CheckpointRecord* target = find_checkpoint(tree_, *action_->target);
  if (target == nullptr || target->path != restored.path) return {};
  std::vector<Held> after = split_held(std::nullopt);
  STERLET_PASS(take_held(std::exchange(held_, {})));
  target = find_checkpoint(tree_, *action_->target);  // The tree may have grown.
  step_ = target->step;
  value_ = target->value;
  STERLET_PASS(finish_restored());
  return take_held(std::move(after));
}

Result<void> Raiser::finish_restored() {
  if (action_->command.kind == "undo") return finish_undo();
  if (action_->command.kind == "rollback") return finish_roll_back();
  if (action_->command.kind == "try") return finish_try();
  if (action_->command.kind == "control") return finish_control();
  if (action_->command.kind == "decide") return finish_decide();
  return finish_branch();
}

Result<void> Raiser::take_refused(const Event::Refused& refused) {
  if (refused.kind == "checkpoint") {
    if (!action_ || !action_->takes_checkpoint()) {
      sayings_.push_back(fmt::format("the program could not write a checkpoint: {}", refused.reason));
      return {};
    }
    action_->checkpoint_refusal = refused.reason;
    if (action_->command.kind != "pause" && action_->command.kind != "mark") return {};
    const storage::CommandRecord command = action_->command;
    action_.reset();
    return refuse(command, {.code = base::ErrorCode::kDisk,
                            .where = {},
                            .what = fmt::format("no checkpoint could be taken ({}){}", refused.reason,
                                                command.kind == "pause" ? ", so it was not paused" : ""),
                            .next = "free some space, then try again"});
  }
  if (refused.kind == "set") {
    const auto answered = take_answered(refused.set);
    if (!answered) return {};
    if (!answered->is_action) {
      // It runs with other values than its branch has: the one way to be sure is to start it again.
      sayings_.push_back(fmt::format("the program refused its own hyperparameters ({})", refused.reason));
      restart_wanted_ = is_deaf_ = true;
      return {};
    }
  }
  if (!action_) return {};
  STERLET_PASS(take_held(std::exchange(held_, {})));  // It trains on what it trained before.
  const storage::CommandRecord command = action_->command;
  const std::string checkpoint_refusal = action_->checkpoint_refusal;
  action_.reset();
  sent_.clear();
  if (!checkpoint_refusal.empty()) {
    return refuse(command,
                  {.code = base::ErrorCode::kDisk,
                   .where = {},
                   .what = fmt::format("no checkpoint could be taken ({}), so nothing was changed", checkpoint_refusal),
                   .next = "free some space, then give it again"});
  }
  return refuse(command, {.code = base::ErrorCode::kConflict,
                          .where = {},
                          .what = fmt::format("the program refused: {}", refused.reason),
                          .next = "nothing was changed"});
}

}  // namespace sterlet::babysit
