#include "sterlet/babysit/actions/undo.h"

#include <fmt/format.h>

#include "sterlet/babysit/actions/checks.h"
#include "sterlet/babysit/record/change.h"
#include "sterlet/babysit/verdicts.h"

namespace sterlet::babysit {

using base::ErrorCode;
using base::Json;
using base::Result;
using storage::CheckpointRecord;
using storage::InterventionRecord;

namespace {

class Undo final : public Action {
 public:
  Result<Begun> begin(Desk& desk, Plan& plan) const override {
    const Model& model = desk.model;
    if (!plan.is_own()) {
      if (auto refused = refuse_if_behind(desk, plan.body)) return *std::move(refused);
    }
    const InterventionRecord* start = start_of(model.tree(), first_undone(model, plan));
    if (start == nullptr) {
      return refusal(ErrorCode::kConflict,
                     fmt::format("there is no change to undo on branch {}", branch_name(model.active())),
                     "see sterlet show --tree");
    }
    if (auto refused = refuse_unless_live(model)) return *std::move(refused);
    if (!model.attempt.restores() || !start->checkpoint) {
      const Json was = stored_json(start->was);
      return refusal(
          ErrorCode::kConflict,
          !model.attempt.restores() ? "this program cannot go back to a checkpoint while it runs"
                                    : fmt::format("no checkpoint was taken before the change at step {}", start->step),
          was.empty() ? "nothing was changed"
                      : fmt::format("to put the value back without going back: sterlet set {}", settings_words(was)));
    }
    const CheckpointRecord* target = find_checkpoint(model.tree(), *start->checkpoint);
    if (target == nullptr || target->state != storage::CheckpointState::kKept) {
      return refusal(ErrorCode::kConflict,
                     fmt::format("the checkpoint of step {}, taken before the change, is no longer kept", start->step),
                     "see sterlet show --tree for those that are");
    }
    const auto whole = desk.checkpoints.verify(*target);
    if (!whole) return Later{};
    if (!*whole) {
      const base::Error& error = whole->error();
      return refusal(ErrorCode::kConflict, error.what + ", so nothing was changed",
                     "go back further with sterlet branch --at STEP", error.where);
    }
    send_back(desk, plan, *target, start->came_from, values_at(model, start->came_from, Json::object()));
    return Asked{};
  }

  Result<Answer> on_restored(Desk& desk, Plan& plan) const override {
    Model& model = desk.model;
    const std::string why = plan.note();
    const int through = first_undone(model, plan);
    STERLET_TRY(const std::string what, mark_undone(desk, through, why));
    const std::int64_t step = model.step;
    const std::string branch = branch_name(model.active());
    STERLET_PASS(model.make_active(model.active(), step));
    STERLET_PASS(watch_again(desk));
    STERLET_PASS(model.go_on_from(find_checkpoint(model.tree(), *plan.target)->path));
    return Answer{.sentence = fmt::format("{}undone: {}; branch {} goes on from step {}",
                                          plan.is_own() ? why + "; " : "", what, branch, step),
                  .more = {{"step", step}, {"branch", branch}}};
  }

 private:
  static int first_undone(const Model& model, const Plan& plan) {
    return plan.is_own() ? plan.body.value("through", model.active()) : model.active();
  }
};

}  // namespace

std::unique_ptr<const Action> make_undo() { return std::make_unique<Undo>(); }

}  // namespace sterlet::babysit
