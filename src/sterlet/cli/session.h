#pragma once

#include <string>

#include "sterlet/cli/context.h"
#include "sterlet/storage/records.h"

namespace sterlet::cli {

/// This process as a session.
storage::SessionRecord session_record(const Context& context, const std::string& session);

/// Blocks SIGINT, SIGTERM and SIGHUP, which the returned signalfd reads from then on.
int block_signals();

}  // namespace sterlet::cli
