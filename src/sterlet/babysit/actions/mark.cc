#include "sterlet/babysit/actions/mark.h"

#include <fmt/format.h>

namespace sterlet::babysit {

using base::ErrorCode;
using base::Result;

namespace {

class Mark final : public Action {
 public:
  Result<Begun> begin(Desk& desk, Plan& plan) const override {
    if (!plan.note().empty()) desk.outbox.say(plan.note());
    plan.wants_checkpoint = true;
    desk.outbox.ask_checkpoint();
    return Asked{};
  }

  Result<std::optional<Answer>> on_checkpoint(Desk& desk, Plan& plan) const override {
    desk.pilot.set_mark(plan.before);
    return Answer{};
  }

  std::optional<Refusal> on_checkpoint_refused(const Plan& /*plan*/, const std::string& reason) const override {
    return refusal(ErrorCode::kDisk, fmt::format("no checkpoint could be taken ({})", reason),
                   "free some space, then try again");
  }
};

}  // namespace

std::unique_ptr<const Action> make_mark() { return std::make_unique<Mark>(); }

}  // namespace sterlet::babysit
