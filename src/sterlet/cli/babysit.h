#pragma once

#include <string>

#include "sterlet/cli/context.h"
#include "sterlet/storage/records.h"

namespace sterlet::cli {

/// Sends a command to the model that is being babysat in this study and prints its answer; false if none runs (for
/// "resume": if none is paused).
base::Result<bool> tell_model(Context& context, const OpenStudy& open, const std::string& kind);

/// This process as a session.
storage::SessionRecord session_record(const std::string& session);
/// Blocks SIGINT, SIGTERM and SIGHUP, which the returned signalfd reads from then on; ignores SIGPIPE.
int block_signals();

}  // namespace sterlet::cli
