#include "sterlet/babysit/actions/pause.h"

#include <fmt/format.h>

namespace sterlet::babysit {

using base::ErrorCode;
using base::Result;

namespace {

class Pause final : public Action {
 public:
  Result<Begun> begin(Desk& desk, Plan& plan) const override {
    if (desk.model.is_paused()) {
      return refusal(ErrorCode::kConflict, "it is paused already", "sterlet resume lets it go on");
    }
    if (!desk.model.attempt.restores()) {
      STERLET_TRY(Answer paused, pause(desk));
      return paused;
    }
    plan.wants_checkpoint = true;
    desk.outbox.ask_checkpoint();
    return Asked{};
  }

  Result<std::optional<Answer>> on_checkpoint(Desk& desk, Plan& /*plan*/) const override {
    STERLET_TRY(Answer paused, pause(desk));
    return paused;
  }

  std::optional<Refusal> on_checkpoint_refused(const Plan& /*plan*/, const std::string& reason) const override {
    return refusal(ErrorCode::kDisk, fmt::format("no checkpoint could be taken ({}), so it was not paused", reason),
                   "free some space, then try again");
  }

 private:
  static Result<Answer> pause(Desk& desk) {
    desk.executor.hold(desk.model.attempt.id,
                       true);  // Before it is stored: who reads that it is paused may rely on it.
    STERLET_PASS(desk.model.set_paused(true));
    return Answer{.sentence = fmt::format("trial {} is paused at step {}", desk.model.trial(), desk.model.step)};
  }
};

}  // namespace

std::unique_ptr<const Action> make_pause() { return std::make_unique<Pause>(); }

}  // namespace sterlet::babysit
