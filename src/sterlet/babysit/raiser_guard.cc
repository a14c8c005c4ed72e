// The guard: what runs away is taken back without being asked. A change that is still being watched is undone; where
// there is none, the model goes back to the last good checkpoint, with a lower learning rate, past the data it was bad
// on. It acts on what is reported (find_spike), and on a program that ends because its numbers ran away.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sterlet/babysit/change.h"
#include "sterlet/babysit/judge/rate.h"
#include "sterlet/babysit/raiser.h"
#include "sterlet/babysit/judge/spike.h"

namespace sterlet::babysit {

using base::ErrorCode;
using base::fail;
using base::Json;
using base::Result;
using storage::CheckpointRecord;
using storage::CommandRecord;

namespace {

constexpr std::size_t kWatchedMax = 64;  // find_spike looks at 23.
constexpr int kRollBacksMax = 5;         // From one checkpoint.
constexpr double kLower = 0.5;           // The learning rate's factor.
constexpr double kLowerAtStart = 0.1;

bool is_loss(const std::string& name) { return name == "loss" || name.ends_with("_loss"); }

}  // namespace

void Raiser::watch_value(std::int64_t step, const std::string& name, double value) {
  if (!options_.guard || (name != metric() && !is_loss(name))) return;
  Curve& curve = watched_[name];
  while (!curve.empty() && curve.back().first >= step) curve.pop_back();
  curve.emplace_back(step, value);
  if (curve.size() > kWatchedMax) curve.erase(curve.begin(), curve.end() - kWatchedMax / 2);
}

void Raiser::post_own(const std::string& kind, const Json& body) {
  own_.push_back({.trial = tree_.model.trial, .kind = kind, .body = base::json_line(body), .who = "autopilot"});
}

Json Raiser::restore_message(const CheckpointRecord& target, int branch, const Json& set) {
  Json restore{{"path", target.path}};
  if (!set.empty()) {
    restore["set"] = set;
    sent_.push_back({.set = set, .is_action = false});
  }
  // A checkpoint of the branch itself was written after the data was left out.
  const std::int64_t skip = tree_.branches[static_cast<std::size_t>(branch)].skip_steps;
  if (target.branch != branch && skip > 0) restore["skip_steps"] = skip;
  return {{"restore", restore}};
}

std::int64_t Raiser::steps_a_report() const {
  std::int64_t steps = 1;
  for (const auto& [name, curve] : watched_) {
    if (curve.size() < 2) continue;
    const auto count = static_cast<std::int64_t>(curve.size()) - 1;
    steps = std::max(steps, (curve.back().first - curve.front().first) / count);
  }
  return steps;
}

// The branch whose change, with those after it, is to be taken back for a spike; nothing where none is to blame. To
// blame is a change between the last good report and the first bad one, and the one that is still watched; what was
// changed when the spike was there already (to put it right, perhaps) is not, but goes with the one before that is.
std::optional<int> Raiser::find_culprit(const Spike& spike) const {
  std::optional<int> culprit;
  const storage::InterventionRecord* made = start_of(tree_, tree_.model.active);
  while (made != nullptr && made->checkpoint) {
    const bool is_late = made->kind == "set" && made->step >= spike.first_step;
    const bool is_close = made->kind == "set" && made->step >= spike.good_step;
    if (!is_late && !is_close && made->state != "watching") break;
    if (!is_late) culprit = made->started;
    if (made->kind != "set") break;
    made = start_of(tree_, made->came_from);
  }
  return culprit;
}

Result<void> Raiser::guard() {
  if (!options_.guard || action_ || !own_.empty() || !hello_ || !hello_->restores || !hello_->live) return {};
  for (const auto& [name, curve] : watched_) {
    auto spike = find_spike(curve, name, name != metric() || minimizes());
    if (!spike || spike->good_step < guard_from_step_) continue;
    if (const auto culprit = find_culprit(*spike)) {
      post_own("undo", {{"note", spike->sentence}, {"through", *culprit}});
    } else {
      post_own("rollback", {{"good_step", spike->good_step}, {"bad_step", spike->bad_step}, {"note", spike->sentence}});
    }
    return {};
  }
  return {};
}

// The newest whole checkpoint of the active line that is not later than `good_step`; nothing where the line has come
// back to it too often already.
Result<std::optional<Raiser::RollBack>> Raiser::plan_roll_back(std::int64_t good_step, std::int64_t bad_step) {
  if (is_first_window()) return plan_from_beginning();
  const storage::InterventionRecord* start = start_of(tree_, tree_.model.active);
  // Where it was rolled back to was good, whether or not there was a report of that very step.
  if (start != nullptr && start->kind == "rollback") good_step = std::max(good_step, start->step);
  for (const CheckpointRecord* way : ways_on_line(tree_, tree_.model.active)) {
    if (way->step > good_step || !verify(checkpoints_folder(), *way)) continue;
    const auto before = std::count_if(tree_.branches.begin(), tree_.branches.end(), [&](const auto& branch) {
      const auto* made = start_of(tree_, branch.number);
      return made != nullptr && made->kind == "rollback" && branch.checkpoint == way->id;
    });
    if (before >= kRollBacksMax) return std::nullopt;
    // How long the bad stretch is, nobody knows when it is seen: a window from the last good report on is left out at
    // least, and where that was too little, more than twice as much.
    const auto& active = tree_.branches[static_cast<std::size_t>(tree_.model.active)];
    const std::int64_t left_out = active.checkpoint == way->id ? active.skip_steps : 0;
    const std::int64_t window = options_.window * steps_a_report();
    const std::int64_t leap = std::max(good_step + window, bad_step) - way->step;
    RollBack plan{.checkpoint = way->id, .skip_steps = 2 * left_out + leap};
    const Json now = params_of(tree_, tree_.model.active), then = params_of(tree_, way->branch);
    for (const auto& [name, value] : now.items()) {
      if (then.contains(name) && then[name] != value) plan.set[name] = value;
    }
    if (const auto rate = find_rate(study_.space(), now)) {
      const auto value = base::number_from_json(now[*rate]);
      if (const auto lower = nudged(study_.space(), now, *rate, *value * kLower)) plan.set[*rate] = *lower;
    }
    for (const auto& [name, value] : plan.set.items()) plan.was[name] = then[name];
    return plan;
  }
  return std::nullopt;
}

// Whether the autopilot's range test is still at its base: a checkpoint of this branch may be bad already.
bool Raiser::is_first_window() const {
  const storage::BranchRecord& active = tree_.branches[static_cast<std::size_t>(tree_.model.active)];
  return options_.autopilot == Autopilot::kAuto && !active.checkpoint && running_try() == nullptr &&
         static_cast<int>(own_curve_.size()) <= options_.window + kRollBacksMax;
}

// At the start nobody knows how far off the learning rate is: it goes down in decades, each time from the beginning.
std::optional<Raiser::RollBack> Raiser::plan_from_beginning() const {
  const Json now = params_of(tree_, tree_.model.active), first = params_of(tree_, 0);
  const auto rate = find_rate(study_.space(), now);
  if (!rate) return std::nullopt;
  RollBack plan;
  const auto lower = nudged(study_.space(), now, *rate, base::number_from_json(now[*rate]).value_or(0) * kLowerAtStart);
  if (!lower) return std::nullopt;
  plan.set[*rate] = *lower;
  plan.was[*rate] = now[*rate];
  return plan;
}

// A roll-back that is left for another one was not enough.
Result<void> Raiser::leave_roll_back(int target_branch, const std::string& why) {
  for (storage::InterventionRecord& made : tree_.interventions) {
    if (made.kind != "rollback" || made.started != tree_.model.active || made.started == target_branch) continue;
    made.state = "undone";
    made.outcome = why;
    made.decided_ms = clock_.wall_ms();
    STERLET_PASS(live_.put_intervention(study_.storage_id(), tree_.model.trial, made));
  }
  return {};
}

// The tree of a roll-back whose program is (started again and) told nothing else.
Result<void> Raiser::roll_back_tree(const RollBack& plan, const std::string& sentence) {
  const CheckpointRecord* target = find_checkpoint(tree_, plan.checkpoint);
  action_ = Action{.command = {.trial = tree_.model.trial,
                               .kind = "rollback",
                               .body = base::json_line({{"note", sentence}}),
                               .who = "autopilot"},
                   .set = plan.set,
                   .was = plan.was,
                   .skip_steps = plan.skip_steps};
  // Its reports and the checkpoint to go on from are put right when it is launched.
  STERLET_PASS(settle_watched());
  STERLET_PASS(leave_roll_back(target == nullptr ? 0 : target->branch, sentence));
  STERLET_PASS(add_branch(target == nullptr ? 0 : target->branch, target == nullptr ? 0 : target->step,
                          target == nullptr ? std::nullopt : std::optional(target->id), {}));
  tree_.model.active = tree_.interventions.back().started;
  sayings_.push_back(fmt::format(
      "{}; {} (branch {}) with {}", sentence,
      target == nullptr ? "it starts again from the beginning" : fmt::format("rolled back to step {}", target->step),
      branch_name(tree_.model.active), change_text(plan.set, plan.was)));
  action_.reset();
  own_curve_.clear();
  watched_.clear();
  return live_.put_model(study_.storage_id(), tree_.model);
}

Result<void> Raiser::begin_roll_back(const CommandRecord& command, const Json& body) {
  STERLET_TRY(const auto plan,
              plan_roll_back(body["good_step"].get<std::int64_t>(), body["bad_step"].get<std::int64_t>()));
  if (!plan) {
    return fail(ErrorCode::kConflict,
                fmt::format("{}, but there is no good checkpoint to go back to", body["note"].get<std::string>()),
                "nothing was changed");
  }
  if (plan->checkpoint == 0) {
    STERLET_PASS(roll_back_tree(*plan, body["note"].get<std::string>()));
    restart_wanted_ = is_deaf_ = true;
    return {};
  }
  const CheckpointRecord target = *find_checkpoint(tree_, plan->checkpoint);
  action_ = Action{
      .command = command, .set = plan->set, .was = plan->was, .target = target.id, .skip_steps = plan->skip_steps};
  Json set = touched_params(tree_, target.branch);
  for (const auto& [name, value] : plan->set.items()) set[name] = value;
  Json message = restore_message(target, target.branch, set);
  message["restore"]["skip_steps"] = plan->skip_steps;
  outbox_.push_back(std::move(message));
  if (tree_.model.paused) hold_ = false;
  return {};
}

Result<void> Raiser::finish_roll_back() {
  STERLET_PASS(settle_watched());
  const CheckpointRecord target = *find_checkpoint(tree_, *action_->target);
  const std::int64_t skip = action_->skip_steps;
  const Json body = base::parse_json(action_->command.body).value_or(Json::object());
  STERLET_PASS(leave_roll_back(target.branch, body.value("note", std::string())));
  STERLET_PASS(add_branch(target.branch, target.step, target.id, {}));
  const storage::InterventionRecord& made = tree_.interventions.back();
  const std::string note = made.note;
  const Json set = action_->set, was = action_->was;
  STERLET_PASS(make_active(made.started, target.step));
  STERLET_PASS(study_.checkpoint(id_.trial, id_.attempt, target.path));
  return answer(fmt::format("{}, so it was rolled back to step {} (branch {}){}; the data of {} is left out", note,
                            target.step, branch_name(tree_.model.active),
                            set.empty() ? std::string() : " with " + change_text(set, was),
                            skip == 1 ? std::string("the next step") : fmt::format("the next {} steps", skip)));
}

// The same for a program that has ended. Whether it is started again.
Result<bool> Raiser::roll_back_at_rest(const std::string& why) {
  bool ran_away = tells_divergence(why);
  std::int64_t good_step = step_;
  Spike seen{.first_step = step_ + 1, .sentence = why};  // For want of a better one: since the last report.
  for (const auto& [name, curve] : watched_) {
    if (!curve.empty()) seen.good_step = std::max(seen.good_step, curve.back().first);
  }
  for (const auto& [name, curve] : watched_) {
    const auto spike = find_spike(curve, name, name != metric() || minimizes());
    if (!spike) continue;
    ran_away = true;
    good_step = std::min(good_step, spike->good_step);
    seen = *spike;
  }
  if (!ran_away) return false;
  return take_back_at_rest({.culprit = find_culprit(seen),
                            .good_step = good_step,
                            .bad_step = step_ + 1,
                            .sentence = std::string(seen.sentence)});
}

// The same for a program that came to its end before it heard what the guard had decided: what it ends with is what ran
// away.
Result<bool> Raiser::roll_back_unheard() {
  const auto decided = std::find_if(own_.begin(), own_.end(), [](const CommandRecord& command) {
    return command.kind == "rollback" || command.kind == "undo";
  });
  if (!options_.guard || decided == own_.end()) return false;
  STERLET_TRY(const Json body, base::parse_json(decided->body));
  TakenBack taken{.sentence = body.value("note", std::string())};
  if (decided->kind == "rollback") {
    taken.good_step = body["good_step"].get<std::int64_t>();
    taken.bad_step = body["bad_step"].get<std::int64_t>();
  } else if (body.contains("through")) {
    taken.culprit = body["through"].get<int>();
  } else {
    return false;  // The autopilot's, of one of its tries.
  }
  return take_back_at_rest(taken);
}

Result<bool> Raiser::take_back_at_rest(const TakenBack& taken) {
  own_.clear();
  if (taken.culprit) {
    STERLET_TRY(const std::string what, mark_undone(*taken.culprit, taken.sentence));
    sayings_.push_back(fmt::format("{}; undone: {}", taken.sentence, what));
    STERLET_PASS(watch_again());
  } else {
    STERLET_TRY(const auto plan, plan_roll_back(taken.good_step, taken.bad_step));
    if (!plan) return false;
    STERLET_PASS(roll_back_tree(*plan, taken.sentence));
  }
  STERLET_TRY(to_launch_, study_.take_over(tree_.model.trial));
  STERLET_PASS(live_.put_model(study_.storage_id(), tree_.model));
  return true;
}

}  // namespace sterlet::babysit
