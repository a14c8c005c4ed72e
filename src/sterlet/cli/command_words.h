#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sterlet::cli {

/// Of a word that is no command: what was meant, a sentence's end. That of another tool (delete, list), a key of the study
/// file (notify), the nearest of `names`, or where to look.
std::string command_advice(std::string_view word, const std::vector<std::string>& names);

}  // namespace sterlet::cli
