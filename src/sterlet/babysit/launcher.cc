#include "sterlet/babysit/launcher.h"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "sterlet/babysit/record/change.h"
#include "sterlet/run/launch.h"
#include "sterlet/run/trial_folder.h"
#include "sterlet/study/seeds.h"

namespace sterlet::babysit {

using base::Json;
using base::Result;
using storage::ChangeState;
using storage::CheckpointRecord;
using storage::InterventionRecord;

// A program may write the checkpoint for a change at one step and use the new values only from a later one; and one that
// cannot go back begins anew. Started again from there, a branch begins where its program does: with the values of the
// branch it then trains the steps between, too.
Result<bool> Launcher::launch(const study::Claim& claim) {
  Model& model = desk_.model;
  const studyfile::StudySpec& spec = desk_.study.spec();
  auto begun = desk_.study.begin();
  if (!begun && begun.error().code == base::ErrorCode::kLocked) return false;
  STERLET_TRY(auto transaction, std::move(begun));
  STERLET_TRY(const auto chosen, choose_restore_point());
  if (!chosen) {
    STERLET_PASS(transaction.commit());
    return false;
  }
  const std::optional<CheckpointRecord>& from = *chosen;
  desk_.checkpoints.forget_answers();
  model.attempt = {.id = {.trial = claim.number, .attempt = claim.attempt}, .is_resumed = from.has_value()};
  model.step = from ? from->step : 0;
  model.value = from ? from->value : std::nullopt;
  const std::int64_t began = model.branch(model.active()).from_step;
  STERLET_TRY(const bool is_earlier, model.begin_no_later(model.step));
  STERLET_PASS(model.make_active(model.active(), model.step));
  STERLET_PASS(model.go_on_from(from ? from->path : std::string()));
  STERLET_PASS(transaction.commit());

  const Json params = model.params();
  const bool is_new_branch = from && from->branch != model.active();
  const exec::Launch launch =
      run::make_launch(spec, {.id = model.attempt.id,
                              .params = params,
                              .seed = run::trial_seed(study::seed_of(desk_.study, claim.number), claim.number),
                              .trial_folder = run::trial_folder(desk_.options.trials_folder, claim.number),
                              .checkpoint = from ? from->path : std::string(),
                              .is_exact = true,
                              .skip_steps = is_new_branch ? model.branch(model.active()).skip_steps : 0,
                              .gpus = desk_.options.gpus});
  desk_.outbox.forget_sent();
  if (from) desk_.pilot.find_mark(*from);
  STERLET_PASS(desk_.executor.launch(launch));
  desk_.outbox.say(fmt::format("trial {} trains with {} from {}", claim.number, settings_text(params),
                               from ? fmt::format("the checkpoint of step {}", from->step) : "the beginning"));
  if (is_earlier) {
    desk_.outbox.say(fmt::format("branch {} begins at step {} now, and not at step {}: what it trained before is lost",
                                 branch_name(model.active()), model.step, began));
  }
  return true;
}

// Nothing: not known yet, a checkpoint is being read. An empty one: from the beginning. Where no whole checkpoint of the
// active branch is left, it is given up for its parent: its own hyperparameters must not be used on what they were not
// chosen for.
Result<std::optional<std::optional<CheckpointRecord>>> Launcher::choose_restore_point() {
  using Chosen = std::optional<std::optional<CheckpointRecord>>;
  Model& model = desk_.model;
  while (true) {
    std::vector<CheckpointRecord> points;
    for (const auto* point : restore_points(model.tree(), model.active())) points.push_back(*point);
    for (const CheckpointRecord& point : points) {
      const auto whole = desk_.checkpoints.verify(point);
      if (!whole || (!*whole && whole->error().code == base::ErrorCode::kInterrupted)) return Chosen();
      if (*whole) return Chosen(point);
      STERLET_PASS(model.set_checkpoint_state(point.id, storage::CheckpointState::kDamaged));
      desk_.outbox.say(whole->error().message() + "; an earlier one is used");
    }
    const storage::BranchRecord& active = model.branch(model.active());
    if (!active.parent || !active.checkpoint) return Chosen(std::optional<CheckpointRecord>());
    STERLET_PASS(give_up_branch());
  }
}

Result<void> Launcher::give_up_branch() {
  Model& model = desk_.model;
  const int given_up = model.active(), parent = *model.branch(given_up).parent;
  for (InterventionRecord& made : model.changes()) {
    if (made.started != given_up || made.state == ChangeState::kUndone) continue;
    made.outcome = "no whole checkpoint of it was left";
    STERLET_PASS(model.put(made, ChangeState::kUndone));
  }
  desk_.outbox.say(fmt::format("branch {} has no whole checkpoint left, so branch {} goes on", branch_name(given_up),
                               branch_name(parent)));
  return model.make_active_at_rest(parent);
}

}  // namespace sterlet::babysit
