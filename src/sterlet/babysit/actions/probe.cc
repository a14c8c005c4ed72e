#include "sterlet/babysit/actions/probe.h"

#include <vector>

#include "sterlet/babysit/actions/checks.h"

namespace sterlet::babysit {

using base::Result;
using storage::CheckpointRecord;

namespace {

class Probe final : public Action {
 public:
  Result<Begun> begin(Desk& desk, Plan& plan) const override {
    const Model& model = desk.model;
    const CheckpointRecord* target = find_checkpoint(model.tree(), plan.body.value("checkpoint", std::int64_t{0}));
    const bool is_there = target != nullptr && target->state == storage::CheckpointState::kKept;
    // Where a change has come in between, that has shown it, or the next one will.
    if (!is_there || target->branch != model.active()) return Answer{};
    send_back(desk, plan, *target, model.active(), values_at(model, model.active(), base::Json::object()));
    return Asked{};
  }

  Result<Answer> on_restored(Desk& desk, Plan& plan) const override {
    const CheckpointRecord target = *find_checkpoint(desk.model.tree(), *plan.target);
    STERLET_PASS(desk.model.make_active(desk.model.active(), target.step));
    STERLET_PASS(desk.model.go_on_from(target.path));
    desk.model.attempt.probe = Attempt::Probe::kBack;
    return forget_later(desk.model, target);
  }

 private:
  // A checkpoint that the program has written by itself further on is of steps that count no more, and that are trained
  // again: who goes on from there would miss them. The file stays, for the program may write it anew under its name.
  static Result<Answer> forget_later(Model& model, const CheckpointRecord& target) {
    const std::vector<CheckpointRecord> all = model.tree().checkpoints;
    for (const CheckpointRecord& later : all) {
      const bool is_left =
          later.branch == target.branch && later.step > target.step && later.state == storage::CheckpointState::kKept;
      if (is_left) STERLET_PASS(model.set_checkpoint_state(later.id, storage::CheckpointState::kDeleted));
    }
    return Answer{};
  }
};

}  // namespace

std::unique_ptr<const Action> make_probe() { return std::make_unique<Probe>(); }

}  // namespace sterlet::babysit
