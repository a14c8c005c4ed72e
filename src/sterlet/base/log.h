#pragma once

#include <string_view>

namespace sterlet::base {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

/// One line on stderr, `sterlet: warning: ...`; safe from any thread. Lines below the threshold are dropped.
void log(LogLevel level, std::string_view line);
void set_log_threshold(LogLevel level);

}  // namespace sterlet::base
