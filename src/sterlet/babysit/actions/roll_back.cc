#include "sterlet/babysit/actions/roll_back.h"

#include <fmt/format.h>

#include "sterlet/babysit/actions/checks.h"
#include "sterlet/babysit/record/change.h"
#include "sterlet/babysit/verdicts.h"

namespace sterlet::babysit {

using base::ErrorCode;
using base::Result;
using storage::ChangeKind;
using storage::ChangeState;
using storage::CheckpointRecord;
using storage::InterventionRecord;

namespace {

// A roll-back that is left for another one was not enough.
Result<void> leave_roll_back(Model& model, int target_branch, const std::string& why) {
  for (InterventionRecord& made : model.changes()) {
    if (made.kind != ChangeKind::kRollBack || made.started != model.active() || made.started == target_branch) continue;
    made.outcome = why;
    STERLET_PASS(model.put(made, ChangeState::kUndone));
  }
  return {};
}

class RollBackAction final : public Action {
 public:
  Result<Begun> begin(Desk& desk, Plan& plan) const override {
    RollBack back;
    const auto found = desk.guard.plan(plan.body.value("good_step", std::int64_t{0}),
                                       plan.body.value("bad_step", std::int64_t{0}), back);
    if (found == Guard::Found::kLater) return Later{};
    if (found == Guard::Found::kNo) {
      return refusal(ErrorCode::kConflict,
                     fmt::format("{}, but there is no good checkpoint to go back to", plan.note()),
                     "nothing was changed");
    }
    if (back.checkpoint == 0) {
      STERLET_PASS(roll_back_at_rest(desk, back, plan.note()));
      desk.model.attempt.is_muted = true;
      desk.outbox.kill();
      return Answer{};
    }
    const CheckpointRecord& target = *find_checkpoint(desk.model.tree(), back.checkpoint);
    plan.set = back.set;
    plan.was = back.was;
    plan.skip_steps = back.skip_steps;
    send_back(desk, plan, target, target.branch, values_at(desk.model, target.branch, plan.set));
    return Asked{};
  }

  Result<Answer> on_restored(Desk& desk, Plan& plan) const override {
    Model& model = desk.model;
    STERLET_PASS(settle_watched(desk));
    const CheckpointRecord target = *find_checkpoint(model.tree(), *plan.target);
    STERLET_PASS(leave_roll_back(model, target.branch, plan.note()));
    STERLET_PASS(model.add_branch(plan, ChangeKind::kRollBack, target.branch, target.step, target.id));
    InterventionRecord& made = model.changes().back();
    made.outcome = left_out_text(plan.skip_steps, plan.skipped_steps);
    STERLET_PASS(model.put(made, ChangeState::kKept));
    STERLET_PASS(model.make_active(made.started, target.step));
    STERLET_PASS(model.go_on_from(target.path));
    return Answer{.sentence =
                      fmt::format("{}, so it was rolled back to step {} (branch {}){}; {}", plan.note(), target.step,
                                  branch_name(model.active()),
                                  plan.set.empty() ? "" : " with " + change_text(plan.set, plan.was), made.outcome)};
  }
};

}  // namespace

std::string left_out_text(std::int64_t asked_steps, std::int64_t told_steps) {
  const auto steps_text = [](std::int64_t steps) {
    return steps == 1 ? std::string("the next step") : fmt::format("the next {} steps", steps);
  };
  if (told_steps > 0) return fmt::format("the data of {} is left out", steps_text(told_steps));
  return fmt::format("the program was asked to leave out the data of {}, and does not say that it did",
                     steps_text(asked_steps));
}

Result<void> roll_back_at_rest(Desk& desk, const RollBack& back, const std::string& sentence) {
  Model& model = desk.model;
  const CheckpointRecord* target = find_checkpoint(model.tree(), back.checkpoint);
  const Plan plan{.command = {.trial = model.trial(), .kind = std::string(kRollBackKind), .who = "guard"},
                  .body = {{"note", sentence}},
                  .set = back.set,
                  .was = back.was,
                  .skip_steps = back.skip_steps};
  // Its reports and the checkpoint to go on from are put right when it is launched.
  STERLET_PASS(settle_watched(desk));
  STERLET_PASS(leave_roll_back(model, target == nullptr ? 0 : target->branch, sentence));
  STERLET_PASS(model.add_branch(plan, ChangeKind::kRollBack, target == nullptr ? 0 : target->branch,
                                target == nullptr ? 0 : target->step,
                                target == nullptr ? std::nullopt : std::optional(target->id)));
  const int started = model.tree().interventions.back().started;
  desk.outbox.say(fmt::format(
      "{}; {} (branch {}) with {}", sentence,
      target == nullptr ? "it starts again from the beginning" : fmt::format("rolled back to step {}", target->step),
      branch_name(started), change_text(back.set, back.was)));
  return model.make_active_at_rest(started);
}

std::unique_ptr<const Action> make_roll_back() { return std::make_unique<RollBackAction>(); }

}  // namespace sterlet::babysit
