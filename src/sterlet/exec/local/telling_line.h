#pragma once

#include <string>
#include <vector>

namespace sterlet::exec {

/// Of the last lines that a program wrote to stderr before it failed, the one that says why; empty if there are none.
///
/// Mostly that is the last. Some languages and launchers write more after it: the frames of a stack (Java, JavaScript,
/// Julia), what they are ("Node.js v20"), that they end ("Execution halted"), or that a step of theirs failed (make).
/// Where nothing else is left, it is the last line all the same. lines: oldest first, without blanks at their ends.
std::string telling_line(const std::vector<std::string>& lines);

}  // namespace sterlet::exec
