#include "sterlet/study/wishes.h"

#include <fmt/format.h>

namespace sterlet::study {

using base::Result;
using storage::State;

Result<std::map<std::int64_t, std::string>> end_as_wished(Study& study, Mail& mail, std::string_view session) {
  std::map<std::int64_t, std::string> ended;
  STERLET_TRY(const bool has_come, mail.has_come());
  if (!has_come) return ended;
  STERLET_TRY(auto transaction, study.begin());
  STERLET_TRY(const auto commands, mail.pending());
  for (const storage::CommandRecord& command : commands) {
    const std::int64_t trial = command.trial;
    if (trial < 0 || trial >= static_cast<std::int64_t>(study.records().size())) continue;
    const storage::TrialRecord record = study.records()[static_cast<std::size_t>(trial)];
    if (record.state != State::kRunning || study.session_of(trial) != session) continue;
    if (command.kind != kStopKind && command.kind != kPruneKind) {
      STERLET_PASS(mail.answer(command.id, fmt::format("trial {} is run by a program that asks and tells, and cannot "
                                                       "be held from here",
                                                       trial)));
      continue;
    }
    const State state = command.kind == kPruneKind ? State::kPruned : State::kCancelled;
    const std::string reason = stop_reason(command);
    STERLET_PASS(study.tell(trial, record.attempt, {.state = state, .reason = reason}));
    STERLET_PASS(mail.answer(command.id, fmt::format("trial {} has ended: {}, {}; the program that runs it hears of it "
                                                     "when it reports next",
                                                     trial, storage::text_of(state), reason)));
    ended[trial] = reason;
  }
  STERLET_PASS(transaction.commit());
  mail.was_read();
  return ended;
}

}  // namespace sterlet::study
