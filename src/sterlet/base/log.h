#pragma once

#include <string_view>

namespace sterlet::base {

/// One line on stderr, `sterlet: warning: ...`, in one piece; safe from any thread. A stderr that is closed or full
/// swallows it: what cannot be said must not end a run.
void warn(std::string_view line) noexcept;

}  // namespace sterlet::base
