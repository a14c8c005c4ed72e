#include "sterlet/babysit/actions/control.h"

#include <fmt/format.h>

#include "sterlet/babysit/actions/checks.h"
#include "sterlet/babysit/windows.h"

namespace sterlet::babysit {

using base::ErrorCode;
using base::Json;
using base::Result;
using storage::CheckpointRecord;
using storage::InterventionRecord;

namespace {

class Control final : public Action {
 public:
  Result<Begun> begin(Desk& desk, Plan& plan) const override {
    const Model& model = desk.model;
    const InterventionRecord* made = model.start();
    const CheckpointRecord* target =
        made != nullptr && made->checkpoint ? find_checkpoint(model.tree(), *made->checkpoint) : nullptr;
    std::optional<Result<void>> whole;
    if (target != nullptr && target->state == storage::CheckpointState::kKept) {
      whole = desk.checkpoints.verify(*target);
      if (!whole) return Later{};
    }
    if (!whole || !*whole) {
      return refusal(ErrorCode::kConflict,
                     "the checkpoint before the change is no longer there, so the unchanged branch cannot be run",
                     "the verdict is by extrapolation");
    }
    plan.base = made->came_from;
    plan.wants_checkpoint = true;
    desk.outbox.ask_checkpoint();
    send_back(desk, plan, *target, made->came_from, values_at(model, made->came_from, base::Json::object()));
    return Asked{};
  }

  Result<Answer> on_restored(Desk& desk, Plan& plan) const override {
    const CheckpointRecord target = *find_checkpoint(desk.model.tree(), *plan.target);
    STERLET_PASS(desk.model.make_active(*plan.base, target.step));
    STERLET_PASS(desk.model.go_on_from(target.path));
    return Answer{.sentence =
                      fmt::format("the unchanged branch {} is run from step {} for {} reports, as the change's control",
                                  branch_name(*plan.base), target.step,
                                  window_reports(desk.options, desk.model.reported(), target.step))};
  }
};

}  // namespace

std::unique_ptr<const Action> make_control() { return std::make_unique<Control>(); }

}  // namespace sterlet::babysit
