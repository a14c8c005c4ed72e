#include "sterlet/babysit/actions/branch.h"

#include <fmt/format.h>

#include "sterlet/babysit/actions/checks.h"
#include "sterlet/babysit/record/change.h"
#include "sterlet/base/text.h"
#include "sterlet/babysit/verdicts.h"

namespace sterlet::babysit {

using base::ErrorCode;
using base::Json;
using base::Result;
using storage::CheckpointRecord;

namespace {

class Branch final : public Action {
 public:
  Result<Begun> begin(Desk& desk, Plan& plan) const override {
    const Model& model = desk.model;
    if (auto refused = refuse_unless_live(model)) return *std::move(refused);
    if (!model.attempt.restores()) {
      return refusal(ErrorCode::kConflict, "this program cannot go back to a checkpoint while it runs",
                     "nothing was changed");
    }
    if (auto refused = refuse_if_behind(desk, plan.body)) return *std::move(refused);
    int from = model.active();
    if (const std::string name = text_in(plan.body, "from"); !name.empty()) {
      const auto number = branch_number(name);
      const int count = static_cast<int>(model.tree().branches.size());
      if (!number || *number >= count) {
        return refusal(ErrorCode::kNotFound, fmt::format("there is no branch '{}'", base::printable(name)),
                       fmt::format("they go from a to {}", branch_name(count - 1)));
      }
      from = *number;
    }
    const auto at = plan.body.find("at");
    if (at == plan.body.end() || !at->is_number_integer()) {
      return refusal(ErrorCode::kInvalidArgument, "a branch starts at a step", "say which: --at STEP");
    }
    STERLET_TRY_OR_REFUSE(const CheckpointRecord* target, checkpoint_at(model.tree(), from, at->get<std::int64_t>()));
    const Json params = params_of(model.tree(), target->branch);
    STERLET_TRY_OR_REFUSE(const auto changes, changes_from_json(plan.body.value("changes", Json::array())));
    if (!changes.empty()) {
      STERLET_TRY_OR_REFUSE(plan.set, resolve_changes(changes, model.space(), params));
    }
    for (const auto& [name, value] : plan.set.items()) plan.was[name] = params[name];
    const auto whole = desk.checkpoints.verify(*target);
    if (!whole) return Later{};
    if (!*whole) {
      const base::Error& error = whole->error();
      return refusal(ErrorCode::kConflict, error.what + ", so nothing was changed",
                     "see sterlet show --tree for the others", error.where);
    }
    plan.wants_checkpoint = true;
    desk.outbox.ask_checkpoint();
    send_back(desk, plan, *target, target->branch, values_at(model, target->branch, plan.set));
    return Asked{};
  }

  Result<Answer> on_restored(Desk& desk, Plan& plan) const override {
    Model& model = desk.model;
    STERLET_PASS(settle_watched(desk));
    const CheckpointRecord target = *find_checkpoint(model.tree(), *plan.target);
    STERLET_PASS(model.add_branch(plan, storage::ChangeKind::kBranch, target.branch, target.step, target.id));
    const int started = model.tree().interventions.back().started;
    STERLET_PASS(model.make_active(started, target.step));
    STERLET_PASS(model.go_on_from(target.path));
    const std::string with = plan.set.empty() ? "" : fmt::format(" with {}", change_text(plan.set, plan.was));
    return Answer{
        .sentence = fmt::format("branch {} goes on from step {} of branch {}{}", branch_name(started), target.step,
                                branch_name(target.branch), with),
        .more = {{"step", target.step}, {"branch", branch_name(started)}, {"set", plan.set}, {"was", plan.was}}};
  }
};

}  // namespace

std::unique_ptr<const Action> make_branch() { return std::make_unique<Branch>(); }

}  // namespace sterlet::babysit
