#include "sterlet/babysit/actions/resume.h"

#include <fmt/format.h>

namespace sterlet::babysit {

using base::ErrorCode;
using base::Result;

namespace {

class Resume final : public Action {
 public:
  Result<Begun> begin(Desk& desk, Plan& /*plan*/) const override {
    if (!desk.model.is_paused()) return refusal(ErrorCode::kConflict, "it is not paused", "nothing was changed");
    STERLET_PASS(desk.model.set_paused(false));
    desk.outbox.hold(false);
    return Answer{.sentence = fmt::format("trial {} goes on from step {}", desk.model.trial(), desk.model.step)};
  }
};

}  // namespace

std::unique_ptr<const Action> make_resume() { return std::make_unique<Resume>(); }

}  // namespace sterlet::babysit
