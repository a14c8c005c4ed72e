#include "sterlet/babysit/actions/set.h"

#include <algorithm>

#include <fmt/format.h>

#include "sterlet/babysit/actions/checks.h"
#include "sterlet/babysit/record/change.h"
#include "sterlet/babysit/verdicts.h"

namespace sterlet::babysit {

using base::ErrorCode;
using base::Json;
using base::Result;

namespace {

class Set final : public Action {
 public:
  Result<Begun> begin(Desk& desk, Plan& plan) const override {
    if (auto refused = refuse_unless_live(desk.model)) return *std::move(refused);
    if (auto refused = refuse_if_behind(desk, plan.body)) return *std::move(refused);
    STERLET_TRY_OR_REFUSE(const auto changes, changes_from_json(plan.body.value("changes", Json::array())));
    const Json params = desk.model.params();
    STERLET_TRY_OR_REFUSE(plan.set, resolve_changes(changes, desk.model.space(), params));
    for (const auto& [name, value] : plan.set.items()) plan.was[name] = params[name];
    plan.wants_checkpoint = desk.model.attempt.restores();
    if (plan.wants_checkpoint) desk.outbox.ask_checkpoint();
    desk.outbox.send_set(plan.set, true);
    plan.awaits_answer = true;
    return Asked{};
  }

  Result<Done> on_applied(Desk& desk, Plan& plan, std::int64_t step) const override {
    if (!plan.checkpoint_refusal.empty()) {
      // The rule is: first a checkpoint, then the change. This program did the second without the first.
      desk.outbox.send_set(plan.was, false);
      return refusal(
          ErrorCode::kDisk,
          fmt::format("no checkpoint could be taken ({}), so the change was put back", plan.checkpoint_refusal),
          "free some space, then give it again");
    }
    Model& model = desk.model;
    const std::string watched = watched_text(desk);
    STERLET_PASS(settle_watched(desk));
    STERLET_PASS(model.add_branch(plan, storage::ChangeKind::kSet, model.active(), step, plan.before));
    const int started = model.tree().interventions.back().started;
    STERLET_PASS(model.make_active(started, std::nullopt));
    model.step = std::max(model.step, step);
    std::string sentence =
        fmt::format("{} at step {} (branch {})", change_text(plan.set, plan.was), step, branch_name(started));
    if (!plan.before) sentence += "; it cannot be undone";
    if (!watched.empty()) sentence += "; note: " + watched;
    return Answer{.sentence = sentence,
                  .more = {{"step", step},
                           {"branch", branch_name(started)},
                           {"set", plan.set},
                           {"was", plan.was},
                           {"undoable", plan.before.has_value()}}};
  }
};

}  // namespace

std::unique_ptr<const Action> make_set() { return std::make_unique<Set>(); }

}  // namespace sterlet::babysit
