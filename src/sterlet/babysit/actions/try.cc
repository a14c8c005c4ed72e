#include "sterlet/babysit/actions/try.h"

#include <fmt/format.h>

#include "sterlet/babysit/actions/checks.h"
#include "sterlet/babysit/record/change.h"

namespace sterlet::babysit {

using base::ErrorCode;
using base::Json;
using base::Result;
using storage::CheckpointRecord;

namespace {

class Try final : public Action {
 public:
  Result<Begun> begin(Desk& desk, Plan& plan) const override {
    const Model& model = desk.model;
    const auto& id = desk.pilot.mark();
    const CheckpointRecord* mark = id ? find_checkpoint(model.tree(), *id) : nullptr;
    if (mark == nullptr) {
      return refusal(ErrorCode::kConflict, "there is no checkpoint to try it from", "nothing was changed");
    }
    const auto whole = desk.checkpoints.verify(*mark);
    if (!whole) return Later{};
    if (!*whole) {
      desk.pilot.set_mark(std::nullopt);
      return refusal(ErrorCode::kConflict, whole->error().message(), "nothing was changed");
    }
    const int base = base_branch(model.tree());
    const Json from = params_of(model.tree(), base), root = params_of(model.tree(), mark->branch);
    const std::string tried = plan.body.value("name", std::string());
    if (!from.contains(tried)) {
      return refusal(ErrorCode::kInvalidArgument, fmt::format("the model has no parameter '{}' to try", tried),
                     "nothing was changed");
    }
    Json wanted = from;
    wanted[tried] = plan.body.value("value", Json());
    plan.base = base;
    for (const auto& [name, value] : wanted.items()) {
      if (root.contains(name) && root[name] == value && from[name] == value) continue;
      plan.set[name] = value;
      plan.was[name] = from[name] == value ? root.value(name, Json()) : from[name];
    }
    // The same data as the base has seen.
    if (mark->branch != base) plan.skip_steps = model.branch(base).skip_steps;
    plan.wants_checkpoint = true;
    desk.outbox.ask_checkpoint();
    send_back(desk, plan, *mark, mark->branch, values_at(model, mark->branch, plan.set));
    return Asked{};
  }

  Result<Answer> on_restored(Desk& desk, Plan& plan) const override {
    Model& model = desk.model;
    desk.pilot.hear();
    const CheckpointRecord target = *find_checkpoint(model.tree(), *plan.target);
    STERLET_PASS(model.add_branch(plan, storage::ChangeKind::kTry, target.branch, target.step, target.id));
    const int started = model.tree().interventions.back().started;
    STERLET_PASS(model.make_active(started, target.step));
    STERLET_PASS(model.go_on_from(target.path));
    return Answer{.sentence = fmt::format("tries {} from step {} (branch {}): {}", change_text(plan.set, plan.was),
                                          target.step, branch_name(started), plan.note())};
  }
};

}  // namespace

std::unique_ptr<const Action> make_try() { return std::make_unique<Try>(); }

}  // namespace sterlet::babysit
