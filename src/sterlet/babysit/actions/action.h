#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "sterlet/babysit/checkpoints.h"
#include "sterlet/babysit/guard.h"
#include "sterlet/babysit/model.h"
#include "sterlet/babysit/outbox.h"
#include "sterlet/babysit/pilot.h"
#include "sterlet/babysit/plan.h"
#include "sterlet/babysit/supervisor.h"

namespace sterlet::babysit {

/// What an action works with. All are borrowed.
struct Desk {
  study::Study& study;
  storage::Storage& storage;
  exec::Executor& executor;
  const base::Clock& clock;
  const Options& options;
  Outbox& outbox;
  Model& model;
  Checkpoints& checkpoints;
  Pilot& pilot;
  Guard& guard;
};

/// The action was carried out; to whoever asked. An empty sentence: there is nothing to say.
struct Answer {
  std::string sentence;
  base::Json more = base::Json::object();
};
/// It cannot be done, and nothing was changed. Not an error of ours: those of the storage travel as errors.
struct Refusal {
  base::Error error;
};
/// The program was asked, and its answer is waited for.
struct Asked {};
/// A checkpoint must be read first; it begins again when that is done.
struct Later {};
using Begun = std::variant<Asked, Later, Answer, Refusal>;
using Done = std::variant<Answer, Refusal>;

inline Refusal refusal(base::ErrorCode code, std::string what, std::string next, std::string where = {}) {
  return {{.code = code, .where = std::move(where), .what = std::move(what), .next = std::move(next)}};
}

/// A kind of change to a model. It holds nothing: what it must remember from one call to the next is in the plan.
///
/// begin() checks everything and sends the program what it is to do; on_checkpoint(), on_applied() and on_restored() are
/// called when the program has done that, within the transaction of the loop's turn, and finish the action by an answer.
/// Where the program refuses, or ends without an answer, none of them is called and nothing was changed.
/// Errors    those of the storage.
class Action {
 public:
  virtual ~Action() = default;
  virtual base::Result<Begun> begin(Desk& desk, Plan& plan) const = 0;
  /// The checkpoint `plan.before` was taken for it and stored. Nothing: it waits on.
  virtual base::Result<std::optional<Answer>> on_checkpoint(Desk& /*desk*/, Plan& /*plan*/) const {
    return std::nullopt;
  }
  /// No checkpoint could be taken. Nothing: it waits for the answer to what it asked for besides.
  virtual std::optional<Refusal> on_checkpoint_refused(const Plan& /*plan*/, const std::string& /*reason*/) const {
    return std::nullopt;
  }
  /// The program uses the values of `plan.set` from this step on.
  virtual base::Result<Done> on_applied(Desk& /*desk*/, Plan& /*plan*/, std::int64_t /*step*/) const {
    return Answer{};
  }
  /// The program has gone back to `plan.target`, where the model's step and value are already.
  virtual base::Result<Answer> on_restored(Desk& /*desk*/, Plan& /*plan*/) const { return Answer{}; }
};

}  // namespace sterlet::babysit

/// Declares `declaration` from the value of `expression`, a Result, or refuses for its error.
#define STERLET_TRY_OR_REFUSE(declaration, expression) \
  STERLET_TRY_OR_REFUSE_INNER(STERLET_JOIN(result_, __LINE__), declaration, expression)
#define STERLET_TRY_OR_REFUSE_INNER(name, declaration, expression)        \
  auto name = (expression);                                               \
  if (!name) return ::sterlet::babysit::Refusal{std::move(name).error()}; \
  declaration = std::move(*name)
