#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sterlet/babysit/parts.h"
#include "sterlet/babysit/progress.h"

namespace sterlet::babysit {

/// Takes what the program tells to where it belongs: reports and checkpoints to the model, answers to the action in
/// flight; and asks the guard, whoever judges a change, and the autopilot what they wish to a report.
///
/// The one question that it must get right: of which branch is what the program tells? Of the active one, but
///
///     - nothing of a muted attempt counts: it trains what no branch says;
///     - while the program owes the answer to a `set` or a `restore`, only it knows. What it tells until then is held
///       back (in_flight.h), and the answer says what was before it and what after;
///     - what a program told and did not live to explain is dropped.
///
/// All within the transaction of the loop's turn. Errors: those of the storage.
class Listener final {
 public:
  /// Both are borrowed.
  Listener(Parts& parts, Progress& progress)
      : desk_(parts.desk), inbox_(parts.inbox), in_flight_(parts.in_flight), progress_(progress) {}

  base::Result<void> take(Heard heard);

 private:
  base::Result<void> take_all(const std::vector<Heard>& all);
  base::Result<void> take_report(const exec::Event::Report& report);
  base::Result<void> take_checkpoint(const exec::Event::Checkpoint& told,
                                     const base::Result<base::FileChecksum>& checksum);
  base::Result<void> take_hello(const exec::Event::Hello& hello);
  base::Result<void> take_applied(const exec::Event::Applied& applied);
  base::Result<void> take_restored(const exec::Event::Restored& restored);
  base::Result<void> take_skipped(const exec::Event::Restored& restored);
  base::Result<void> take_refused(const exec::Event::Refused& refused);
  base::Result<void> take_exit(const exec::Event::Exited& exited);

  std::optional<Attempt::WayBack> way_to(std::int64_t step) const;
  void look_at_order(std::int64_t report_step);
  base::Result<void> date_change(std::int64_t report_step);
  base::Result<bool> went_on_instead(const exec::Event::Report& report);

  void note_metrics(const exec::Event::Report& report);
  void try_way_back();
  bool is_free() const;
  void wish(const Wish& wish);
  base::Result<void> look_at_report();
  base::Result<void> judge_watched();

  Desk& desk_;
  Inbox& inbox_;
  InFlight& in_flight_;
  Progress& progress_;
};

}  // namespace sterlet::babysit
