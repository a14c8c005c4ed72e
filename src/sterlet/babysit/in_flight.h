#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/babysit/actions/action.h"
#include "sterlet/babysit/inbox.h"

namespace sterlet::babysit {

/// What the program told, with what was read of a checkpoint.
struct Heard {
  exec::Event event;
  std::optional<base::Result<base::FileChecksum>> checksum;
};

/// The one action that is being carried out, if any: from the command that asks for it to its answer.
///
///     none --begin--> asked --the program did it--> answered: none
///                       |----the program refuses--> refused: none
///                       |----the program ends-----> without a stop: to be begun again; with one: refused
///                       |----a stop, and no answer in time, or no end of reports--> refused, the program is muted
///
/// From the moment the program was sent a `set` or a `restore`, nobody but it knows which branch it trains: it may have
/// read the message or not. What it reports from then on is held back until its answer tells, and only then written to
/// the branch before or after. So what is stored is true whenever this process is killed; and a stop, by signal or by
/// command, waits for the answer, at most Options::answer_seconds.
class InFlight final {
 public:
  /// All are borrowed.
  InFlight(Desk& desk, Inbox& inbox) : desk_(desk), inbox_(inbox) {}

  bool is_empty() const { return action_ == nullptr; }
  bool is_kind(std::string_view kind) const { return !is_empty() && plan_.command.kind == kind; }
  const Plan& plan() const { return plan_; }
  /// A waiting stop's time is over: obey() has something to do.
  bool is_due() const { return stop_ && desk_.clock.steady_ms() >= stop_->until_ms; }

  /// Begins what is wanted next, one at a time in the order it came; what is answered at once does not hold up the next.
  base::Result<void> obey();

  // What the program told.
  bool awaits_answer() const { return !is_empty() && plan_.awaits_answer; }
  bool takes_checkpoint() const { return !is_empty() && plan_.takes_checkpoint(); }
  /// Holds back a report or a checkpoint. Errors: those of the storage.
  base::Result<void> hold_back(Heard heard);
  /// What was held back and is of the branch before the action. After it, the rest is in take_held().
  std::vector<Heard> take_held_before(std::optional<std::int64_t> applied_step);
  std::vector<Heard> take_held();
  base::Result<void> on_checkpoint(std::int64_t id);
  base::Result<void> on_checkpoint_refused(const std::string& reason);
  base::Result<void> on_applied(std::int64_t step);
  /// `skipped_steps`: the data that the program says it leaves out.
  base::Result<void> on_restored(std::int64_t skipped_steps);
  base::Result<void> on_refused(const std::string& reason);

  /// The program has ended, or will not be heard any more: a waiting stop is in flight now, anything else is begun again
  /// by the next attempt. Whether the model is being stopped.
  base::Result<bool> on_exit(bool is_interrupted);
  /// Answers what is in flight, and forgets it.
  base::Result<void> finish(const Answer& answer);

 private:
  /// A stop that waits for the answer to what is in flight.
  struct WaitingStop {
    storage::CommandRecord command;
    std::int64_t until_ms = 0;
  };

  bool waits_for_probe(const storage::CommandRecord& command) const;
  base::Result<Begun> begin(const storage::CommandRecord& command);
  base::Result<bool> settle(const storage::CommandRecord& command, Begun begun);
  base::Result<void> stop_what_is_in_flight(const std::vector<storage::CommandRecord>& commands);
  base::Result<void> refuse(const storage::CommandRecord& command, const base::Error& error);
  base::Result<void> give_up(const std::string& why);
  void forget();

  Desk& desk_;
  Inbox& inbox_;
  std::unique_ptr<const Action> action_;
  Plan plan_;
  std::vector<Heard> held_;  // In the order it came; empty unless an answer is awaited.
  std::optional<WaitingStop> stop_;
};

}  // namespace sterlet::babysit
