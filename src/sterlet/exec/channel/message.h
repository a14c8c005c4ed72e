#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sterlet/base/result.h"
#include "sterlet/exec/executor.h"

namespace sterlet::exec {

/// One message of a trial's program, read and checked.
struct Message {
  decltype(Event::what) what;
  bool wants_ack = false;  ///< The program waits for {"ack":...}.
};

/// What a message is read against.
struct MessageContext {
  std::int64_t step_next = 1;     ///< Step of a report that names none.
  std::string checkpoint_folder;  ///< Relative paths of checkpoints are meant from here.
};

/// Reads one line of the channel. Errors: kInvalidArgument, one sentence fit to be sent back.
base::Result<Message> parse_message(std::string_view line, const MessageContext& context);

}  // namespace sterlet::exec
