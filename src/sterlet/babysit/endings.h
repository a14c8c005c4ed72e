#pragma once

#include <string>
#include <vector>

#include "sterlet/babysit/parts.h"
#include "sterlet/babysit/progress.h"

namespace sterlet::babysit {

/// What comes after a program that has ended: the model has finished, or is stopped, or its program is started again,
/// from where it was or, where its numbers ran away, without what made them.
///
/// The order of the questions is the rule. Spent steps and an end of its own come first: a program that finished is not
/// started again, whatever was asked of it meanwhile, unless the guard had a wish that it did not live to hear. Then a
/// stop, which nothing may turn into a restart; then what a restart cures (it was killed, or we asked for it); what is
/// left is a failure, of which the guard says whether the numbers ran away.
///
/// All within the transaction of the loop's turn. Errors: those of the storage.
class Endings final {
 public:
  /// Both are borrowed.
  Endings(Parts& parts, Progress& progress)
      : desk_(parts.desk), inbox_(parts.inbox), in_flight_(parts.in_flight), progress_(progress) {}

  /// Decides about `progress.leaving`. While a checkpoint to go back to is being read, that stays, and this is to be
  /// called again in the next turn.
  base::Result<void> leave();
  /// Ends the model in that state, answers the stop that asked for it, and where it is complete, refuses the commands
  /// that nobody will carry out any more.
  base::Result<void> finish(storage::State state, const std::string& reason);

 private:
  base::Result<Guard::Found> take_back(const TakenBack& taken);
  base::Result<void> restart(const std::string& why);
  std::vector<std::string> instead_of_metrics() const;

  Desk& desk_;
  Inbox& inbox_;
  InFlight& in_flight_;
  Progress& progress_;
  exec::Traces traces_;  // Of the program that has ended.
};

}  // namespace sterlet::babysit
