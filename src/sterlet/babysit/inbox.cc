#include "sterlet/babysit/inbox.h"

#include <algorithm>
#include <utility>

#include "sterlet/babysit/actions/stop.h"
#include "sterlet/babysit/mailbox_error.h"

namespace sterlet::babysit {

using base::Result;
using storage::CommandRecord;
using storage::CommandState;

void Inbox::post(const Wish& wish) {
  own_.push_back({.trial = trial_,
                  .kind = wish.kind,
                  .body = base::json_line(wish.body),
                  .who = std::string(storage::text_of(wish.by))});
}

void Inbox::post_stop() { own_.push_front({.trial = trial_, .kind = std::string(kStopKind), .who = "a signal"}); }

void Inbox::remove_own(const CommandRecord& command) {
  const auto found = std::find_if(own_.begin(), own_.end(), [&](const CommandRecord& each) {
    return each.kind == command.kind && each.body == command.body;
  });
  if (found != own_.end()) own_.erase(found);
}

bool Inbox::has_own(std::string_view kind) const {
  return std::any_of(own_.begin(), own_.end(), [&](const CommandRecord& command) { return command.kind == kind; });
}

Result<std::vector<CommandRecord>> Inbox::look() {
  STERLET_TRY(auto commands, pending());
  is_due_ = false;
  commands.insert(commands.begin(), own_.begin(), own_.end());
  return commands;
}

Result<std::vector<CommandRecord>> Inbox::pending() {
  STERLET_TRY(auto commands, live_.pending_commands(study_));
  std::erase_if(commands, [&](const CommandRecord& command) { return command.trial != trial_; });
  return commands;
}

Result<void> Inbox::answer(const CommandRecord& command, const std::string& sentence, base::Json more) {
  is_due_ = true;
  if (command.id == 0) return {};
  more["sentence"] = sentence;
  return live_.answer_command(command.id, CommandState::kDone, base::json_line(more), clock_.wall_ms());
}

Result<void> Inbox::refuse(const CommandRecord& command, const base::Error& error) {
  is_due_ = true;
  if (command.id == 0) return {};
  return live_.answer_command(command.id, CommandState::kRefused, base::json_line(json_from_error(error)),
                              clock_.wall_ms());
}

}  // namespace sterlet::babysit
