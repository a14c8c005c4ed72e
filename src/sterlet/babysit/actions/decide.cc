#include "sterlet/babysit/actions/decide.h"

#include <algorithm>

#include <fmt/format.h>

#include "sterlet/babysit/actions/checks.h"
#include "sterlet/babysit/record/change.h"
#include "sterlet/babysit/judge/verdict.h"

namespace sterlet::babysit {

using base::ErrorCode;
using base::Json;
using base::Result;
using storage::ChangeState;
using storage::CheckpointRecord;
using storage::InterventionRecord;

namespace {

class Decide final : public Action {
 public:
  Result<Begun> begin(Desk& desk, Plan& plan) const override {
    const Model& model = desk.model;
    const int winner = plan.body.value("winner", model.active());
    plan.base = winner;
    if (winner == model.active()) {
      STERLET_TRY(Answer decided, decide(desk, plan));
      return decided;
    }
    const auto whole = desk.checkpoints.first_whole(restore_points(model.tree(), winner));
    if (!whole) return Later{};
    if (*whole == nullptr) {
      return refusal(ErrorCode::kConflict, fmt::format("branch {} has no whole checkpoint", branch_name(winner)),
                     fmt::format("branch {} goes on", branch_name(model.active())));
    }
    send_back(desk, plan, **whole, winner, values_at(model, winner, base::Json::object()));
    return Asked{};
  }

  Result<Answer> on_restored(Desk& desk, Plan& plan) const override {
    STERLET_TRY(Answer decided, decide(desk, plan));
    desk.pilot.hear();
    const CheckpointRecord target = *find_checkpoint(desk.model.tree(), *plan.target);
    STERLET_PASS(desk.model.make_active(*plan.base, target.step));
    STERLET_PASS(desk.model.go_on_from(target.path));
    return decided;
  }

 private:
  // The verdict on each change that is watched, against the branch it came from over the same steps.
  static Result<Answer> decide(Desk& desk, const Plan& plan) {
    Model& model = desk.model;
    for (InterventionRecord& made : model.changes()) {
      if (made.state != ChangeState::kWatching) continue;
      STERLET_TRY(Curve unchanged, model.curve(made.came_from));
      STERLET_TRY(const Curve changed, model.curve(made.started));
      const std::int64_t from = model.branch(made.started).from_step;
      std::erase_if(unchanged, [&](const auto& point) { return point.first <= from; });
      if (const auto verdict = judge_paired(unchanged, changed, model.minimizes())) {
        made.helped = verdict->helped;
        made.outcome = fmt::format("{} {:.4g} where the unchanged branch had {:.4g}", model.metric(), verdict->measured,
                                   verdict->expected);
      }
      // Without this, "undone" beside "helped" would read as a mistake.
      const bool is_beaten = made.started != *plan.base && made.came_from != *plan.base;
      if (is_beaten && made.helped.value_or(0) > 0.5) {
        made.outcome += fmt::format("; branch {} was better still", branch_name(*plan.base));
      }
      STERLET_PASS(model.put(made, made.started == *plan.base ? ChangeState::kKept : ChangeState::kUndone));
      const bool is_kept = made.state == ChangeState::kKept;
      desk.outbox.say(fmt::format("{}: {}{}{}", storage::text_of(made.state),
                                  is_kept ? change_text(made) : back_text(made),
                                  made.helped ? fmt::format(", helped with {}", probability_text(*made.helped)) : "",
                                  made.outcome.empty() ? "" : "; " + made.outcome));
    }
    if (!plan.note().empty()) desk.outbox.say(plan.note());
    desk.pilot.set_mark(std::nullopt);
    return Answer{};
  }
};

}  // namespace

std::unique_ptr<const Action> make_decide() { return std::make_unique<Decide>(); }

}  // namespace sterlet::babysit
