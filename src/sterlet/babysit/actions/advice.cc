#include "sterlet/babysit/actions/advice.h"

#include <fmt/format.h>

#include "sterlet/babysit/record/change.h"

namespace sterlet::babysit {

using base::Json;
using base::Result;

namespace {

class Advice final : public Action {
 public:
  // In the logbook it is a command to nobody, which is done already.
  Result<Begun> begin(Desk& desk, Plan& plan) const override {
    const Json set = plan.body.value("set", Json::object()), was = plan.body.value("was", Json::object());
    desk.outbox.say(fmt::format("advice at step {}: {}, because {}; to follow it: sterlet set {}", desk.model.step,
                                change_text(set, was), plan.note(), settings_words(set)));
    Json body = plan.body;
    body["step"] = desk.model.step;
    body["branch"] = desk.model.active();
    storage::LiveStorage& live = desk.storage.live();
    STERLET_TRY(const std::int64_t id,
                live.post_command(desk.study.storage_id(), {.trial = desk.model.trial(),
                                                            .kind = "advice",
                                                            .body = base::json_line(body),
                                                            .who = "autopilot",
                                                            .created_ms = desk.clock.wall_ms()}));
    STERLET_PASS(live.answer_command(id, storage::CommandState::kDone, "{}", desk.clock.wall_ms()));
    return Answer{};
  }
};

}  // namespace

std::unique_ptr<const Action> make_advice() { return std::make_unique<Advice>(); }

}  // namespace sterlet::babysit
