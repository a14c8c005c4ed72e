#include "sterlet/babysit/actions/stop.h"

namespace sterlet::babysit {

using base::Result;

namespace {

class Stop final : public Action {
 public:
  Result<Begun> begin(Desk& desk, Plan& /*plan*/) const override {
    const Attempt& attempt = desk.model.attempt;
    desk.outbox.hold(false);
    if (!attempt.hello) {
      desk.executor.end(attempt.id, "it was stopped");
      return Asked{};
    }
    if (attempt.restores() && !attempt.is_muted) desk.outbox.ask_checkpoint();
    desk.outbox.ask_stop();
    return Asked{};
  }
};

}  // namespace

std::unique_ptr<const Action> make_stop() { return std::make_unique<Stop>(); }

}  // namespace sterlet::babysit
