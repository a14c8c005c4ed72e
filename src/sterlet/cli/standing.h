#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sterlet/cli/context.h"
#include "sterlet/storage/records.h"

namespace sterlet::cli {

/// Who runs a study now, as far as one look from here can tell.
struct Standing {
  std::vector<storage::SessionRecord> running;  ///< Processes that live, the oldest first.
  std::vector<storage::SessionRecord> unseen;   ///< On other machines, or in other containers: they may live.
  std::int64_t last_ms = 0;                     ///< When the latest of the others gave its last sign; 0: none ever ran.
  std::string ended;                            ///< Why no more trials are begun; empty: they would be.
};
base::Result<Standing> standing_of(const Context& context, const OpenStudy& open);

/// "since 12m ago, by process 4711 on HOST"; of what does not run: since when, and why.
std::vector<std::string> standing_lines(const Standing& standing, const study::Study& study, std::int64_t now_ms);

/// "60 of 100 trials left" and the like, a line for each limit.
std::vector<std::string> budget_lines(const study::Study& study);

}  // namespace sterlet::cli
